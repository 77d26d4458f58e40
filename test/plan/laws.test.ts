import path from 'node:path';
import { expect } from 'chai';
import { childSources } from './child-sources.js';
import { importsOf, includesOf, sourcesIn } from './source.js';

/** What the two doors stand on; neither imports the other. */
const bothDoors = [
  'plan/',
  'options/',
  'engine/',
  'binding.ts',
  'builtin.ts',
  'drop-in.ts',
  'errors.ts',
  'exec-hook.ts',
  'own.ts',
  'permission.ts',
  'signals.ts',
  'validate.ts',
] as const;

/** From each part of lib/ to what it may import; a name with a slash at the end is a folder. */
const laws: readonly [part: string, mayImport: readonly string[]][] = [
  ['index.ts', ['api.ts', 'errors.ts', 'signals.ts', 'plan/', 'options/', 'engine/', 'posix/']],
  ['api.ts', ['binding.ts', 'errors.ts', 'options/', 'posix/']],
  ['binding.ts', ['binary-file.ts', 'own.ts', 'record.ts', 'validate.ts']],
  ['record.ts', ['plan/encode.ts', 'plan/vocabulary.ts']],
  ['binary-file.ts', []],
  ['errors.ts', ['plan/vocabulary.ts', 'plan/step-fields.ts', 'own.ts', 'signals.ts']],
  ['own.ts', []],
  ['permission.ts', ['builtin.ts', 'own.ts']],
  ['signals.ts', ['own.ts', 'validate.ts']],
  ['validate.ts', ['plan/vocabulary.ts', 'own.ts']],
  // validate.ts lies below signals.ts: it knows arguments, and nothing of plans or processes.
  ['plan/', ['plan/', 'signals.ts', 'validate.ts']],
  ['options/', ['options/', 'plan/', 'signals.ts', 'validate.ts']],
  ['builtin.ts', []],
  ['exec-hook.ts', ['binding.ts']],
  ['engine/', ['engine/', 'plan/', 'binding.ts', 'builtin.ts', 'errors.ts', 'own.ts', 'record.ts']],
  ['drop-in.ts', []],
  ['posix/', ['posix/', ...bothDoors]],
  ['child_process/', ['child_process/', ...bothDoors]],
  ['cli/', ['cli/', 'options/file-actions.ts', 'posix/', 'child_process/api.ts']],
  ['register.ts', ['child_process/', 'register/', 'drop-in.ts']],
  ['register/', ['register/', 'register.ts', 'child_process/', 'builtin.ts', 'drop-in.ts']],
];

const lib = sourcesIn('lib');
const core = sourcesIn('csrc/core');
const steps = sourcesIn('csrc/steps');

function filesWith(pattern: RegExp, sources: ReadonlyMap<string, string> = lib): string[] {
  return [...sources].filter(([, text]) => pattern.test(text)).map(([file]) => file);
}

describe('the laws of the house', () => {
  describe('of lib/', () => {
    it('every file belongs to a part that has a law', () => {
      expect(lib.size).to.be.above(15);
      expect([...lib.keys()].filter((file) => lawOf(file) === undefined)).to.deep.equal([]);
    });

    for (const [part, mayImport] of laws)
      it(`${part} imports only ${mayImport.join(', ')}`, () => {
        const broken = [...lib]
          .filter(([file]) => lawOf(file)?.[0] === part)
          .flatMap(([file, text]) => importsOf(text).map((name) => [file, resolve(file, name)] as const))
          .filter(
            ([, target]) => !isBuiltin(target) && !mayImport.some((allowed) => covers(allowed, target)),
          );
        expect(broken).to.deep.equal([]);
      });

    it('nothing but the two runtime dependencies comes from outside: Node, and node-gyp-build in binding.ts', () => {
      const foreign = [...lib.values()].flatMap(importsOf).filter((name) => !/^\.|^node:/.test(name));
      expect(foreign).to.deep.equal([]);
      expect(filesWith(/node-gyp-build/)).to.deep.equal(['binding.ts']);
    });

    it('only binding.ts loads native code, or could', () => {
      expect(filesWith(/dlopen|\.node['"`]/)).to.deep.equal([]);
      expect(filesWith(/createRequire|\brequire\(/)).to.deep.equal(['binding.ts', 'builtin.ts']);
    });

    it('only child_process/node-internals/node-binding.ts looks at what Node has inside', () => {
      expect(filesWith(/\.binding\b(?!\.js)|\bbinding\(name|internalBinding/)).to.deep.equal([
        'binding.ts',
        'child_process/node-internals/node-binding.ts',
      ]);
    });

    it('modules that are replaced, or are what is replaced, are taken by builtin.ts, not by an import', () => {
      const taken = /^import (?!type\b).*['"](?:node:)?(?:child_process|worker_threads|timers)['"]/m;
      expect(filesWith(taken)).to.deep.equal(['cli/doctor.ts']);
    });

    it('only plan/encode.ts knows an offset of a plan', () => {
      expect(filesWith(/DataView|\bHEAD\b|_WORDS\b|MAGIC|0x4c504b46|\.writeU?Int|\.setU?int/i)).to.deep.equal(
        ['plan/encode.ts'],
      );
      const exported = [
        ...(lib.get('plan/encode.ts') ?? '').matchAll(/^export (?:const|function|interface) (\w+)/gm),
      ];
      expect(exported.map(([, name]) => name)).to.deep.equal(['LAYOUT_VERSION', 'EncodedPlan', 'encode']);
    });

    it('index.ts only exports', () => {
      const statements = (lib.get('index.ts') ?? '').split(';').map((statement) => statement.trim());
      expect(
        statements.filter((statement) => statement !== '' && !/^export\b/.test(statement)),
      ).to.deep.equal([]);
    });

    it('no file casts to any, and only binding.ts and the drop-in cast through unknown', () => {
      expect(filesWith(/\bas any\b|: any\b|<any>/)).to.deep.equal([]);
      const casts = filesWith(/\bas unknown as\b/).filter(
        (file) => !/^(?:binding\.ts|child_process\/)/.test(file),
      );
      expect(casts).to.deep.equal([]);
    });
  });

  describe('of csrc/core and csrc/steps', () => {
    const freestanding = /^(?:(?:linux|asm|asm-generic)\/|(?:stdbool|stddef|stdint)\.h$)/;
    /** Own headers alone: those of the kernel, and types that need no libc, are for everybody. */
    const own = (text: string): string[] => includesOf(text).filter((name) => !freestanding.test(name));

    it('what runs in the child includes only these, and the headers of the kernel', () => {
      expect(
        Object.fromEntries(childSources.filter(isInCore).map((file) => [file, ownIn(file)])),
      ).to.deep.equal({
        'core/child.c': ['child.h', 'guard.h', 'interpret.h', 'report.h'],
        'core/guard.c': ['guard.h', 'report.h'],
        'core/report.c': ['report.h'],
        'core/interpret.c': ['interpret.h', 'fields.h', 'guard.h', '../steps/steps.h', 'steps.def'],
      });
      const bodies = childSources.filter((file) => !isInCore(file));
      expect(bodies).to.have.length.above(3);
      for (const file of bodies) expect(ownIn(file), file).to.deep.equal(['steps.h']);
    });

    it('and what it gets through them needs no libc either', () => {
      expect(own(core.get('child.h') ?? '')).to.deep.equal(['identity.h', 'plan.h']);
      expect(own(core.get('guard.h') ?? '')).to.deep.equal([]);
      expect(own(core.get('interpret.h') ?? '')).to.deep.equal(['report.h']);
      expect(own(core.get('report.h') ?? '')).to.deep.equal(['plan.h', 'sys.h']);
      expect(own(core.get('fields.h') ?? '')).to.deep.equal(['plan.h']);
      expect(new Set(own(core.get('plan.h') ?? ''))).to.deep.equal(new Set(['steps.def']));
      expect(own(core.get('identity.h') ?? '')).to.deep.equal(['sys.h']);
      expect(own(core.get('sys.h') ?? '')).to.deep.equal([]);
      expect(own(steps.get('steps.h') ?? '')).to.deep.equal(['../core/report.h']);
    });

    function isInCore(file: string): boolean {
      return file.startsWith('core/');
    }

    function ownIn(file: string): string[] {
      const sources = isInCore(file) ? core : steps;
      return own(sources.get(path.basename(file)) ?? '');
    }

    it('never sees node', () => {
      expect(
        filesWith(/node_api|napi|js_native|\bv8\b|\buv_|\.\.\/node/, new Map([...core, ...steps])),
      ).to.deep.equal([]);
    });

    it('has no #if outside sys.h but the guards of its headers, against a second look and against C++', () => {
      const condition =
        /^\s*#\s*(?:if|elif|else)\b|^\s*#\s*ifdef (?!__cplusplus$)|^\s*#\s*ifndef (?!FORKLESS_\w+_H$)/gm;
      const conditions = [...core, ...steps].flatMap(([file, text]) =>
        Array.from(text.matchAll(condition), () => file),
      );
      expect([...new Set(conditions)]).to.deep.equal(['sys.h']);
    });
  });

  it('csrc/node sees of the core only its headers, and the list of steps', () => {
    const seen = [...sourcesIn('csrc/node').values()]
      .flatMap(includesOf)
      .filter((name) => name.includes('core'));
    expect(seen.filter((name) => !/^\.\.\/core\/(?:\w+\.h|steps\.def)$/.test(name))).to.deep.equal([]);
    expect(seen).not.to.include.members(['../core/child.h', '../core/arena.h']);
  });

  it('of csrc/core only fdtable.c and slots.c see the slot pool; all others go through the four calls of fdtable.h', () => {
    const inside = [...core].filter(([, text]) => includesOf(text).includes('slots.h')).map(([file]) => file);
    expect(inside).to.deep.equal(['fdtable.c', 'slots.c']);
    const calls = new Set((core.get('spawn.c') ?? '').match(/\b(?:fdtable|slots)_\w+(?=\()/g));
    expect([...calls].sort()).to.deep.equal([
      'fdtable_cloned',
      'fdtable_failed',
      'fdtable_prepare',
      'fdtable_reserve_slots',
      'fdtable_set_mode',
    ]);
    expect(filesWith(/\bfdtable_release\(/, core)).to.have.members([
      'fdtable.c',
      'fdtable.h',
      'report_reader.c',
      'verdict.c',
    ]);
  });

  it('no header of csrc/core includes itself through others', () => {
    const reach = (file: string, seen = new Set<string>()): Set<string> => {
      for (const name of includesOf(core.get(file) ?? ''))
        if (core.has(name) && !seen.has(name)) reach(name, seen.add(name));
      return seen;
    };
    expect([...core.keys()].filter((file) => reach(file).has(file))).to.deep.equal([]);
  });
});

function lawOf(file: string): (typeof laws)[number] | undefined {
  return laws.find(([part]) => covers(part, file));
}

function covers(part: string, file: string): boolean {
  return part.endsWith('/') ? file.startsWith(part) : file === part;
}

function resolve(file: string, name: string): string {
  if (!name.startsWith('.')) return name;
  return path.posix.normalize(path.posix.join(path.posix.dirname(file), name)).replace(/\.js$/, '.ts');
}

function isBuiltin(name: string): boolean {
  return name.startsWith('node:');
}
