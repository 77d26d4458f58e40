import path from 'node:path';
import { expect } from 'chai';
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
  ['binding.ts', ['binary-file.ts', 'own.ts', 'plan/encode.ts', 'validate.ts']],
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
  ['engine/', ['engine/', 'plan/', 'binding.ts', 'builtin.ts', 'errors.ts', 'own.ts']],
  ['drop-in.ts', []],
  ['posix/', ['posix/', ...bothDoors]],
  ['child_process/', ['child_process/', ...bothDoors]],
  ['cli/', ['cli/', 'options/file-actions.ts', 'posix/', 'child_process/api.ts']],
  ['register.ts', ['child_process/', 'register/', 'drop-in.ts']],
  ['register/', ['register/', 'register.ts', 'child_process/', 'builtin.ts', 'drop-in.ts']],
];

const lib = sourcesIn('lib');
const core = sourcesIn('csrc/core');

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

  describe('of csrc/core', () => {
    const kernelHeader = /^(?:linux|asm|asm-generic)\//;
    const freestanding = ['stdbool.h', 'stddef.h', 'stdint.h'];

    it('child.c includes only child.h, sys.h and headers of the kernel', () => {
      const others = includesIn('child.c').filter((name) => !kernelHeader.test(name));
      expect(others).to.deep.equal(['child.h', 'sys.h']);
    });

    it('and what it gets through them is plan.h, identity.h, the kernel, and types that need no libc', () => {
      expect(includesIn('child.h')).to.deep.equal(['identity.h', 'plan.h']);
      expect(includesIn('plan.h').filter((name) => !freestanding.includes(name))).to.deep.equal([]);
      const others = (file: string): string[] =>
        includesIn(file).filter((name) => !kernelHeader.test(name) && !freestanding.includes(name));
      expect(others('identity.h')).to.deep.equal(['sys.h']);
      expect(others('sys.h')).to.deep.equal([]);
    });

    it('never sees node', () => {
      expect(filesWith(/node_api|napi|js_native|\bv8\b|\buv_|\.\.\/node/, core)).to.deep.equal([]);
    });

    it('has no #if outside sys.h but the guards of its headers, against a second look and against C++', () => {
      const condition =
        /^\s*#\s*(?:if|elif|else)\b|^\s*#\s*ifdef (?!__cplusplus$)|^\s*#\s*ifndef (?!FORKLESS_\w+_H$)/gm;
      const conditions = [...core].flatMap(([file, text]) =>
        Array.from(text.matchAll(condition), () => file),
      );
      expect([...new Set(conditions)]).to.deep.equal(['sys.h']);
    });
  });

  it('csrc/node sees of the core only its headers', () => {
    const seen = [...sourcesIn('csrc/node').values()]
      .flatMap(includesOf)
      .filter((name) => name.includes('core'));
    expect(seen.filter((name) => !/^\.\.\/core\/\w+\.h$/.test(name))).to.deep.equal([]);
    expect(seen).not.to.include.members(['../core/child.h', '../core/arena.h']);
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

function includesIn(file: string): string[] {
  return includesOf(core.get(file) ?? '');
}
