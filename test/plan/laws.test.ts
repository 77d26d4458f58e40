import path from 'node:path';
import { expect } from 'chai';
import { attributes } from '#lib/attributes/index.js';
import { childSources } from './child-sources.js';
import { optionReads } from './option-reads.js';
import { importsOf, includesOf, sourcesIn } from './source.js';

/** Files that stand on nothing else, or on each other in this order. */
const leaves = [
  'bytes.ts',
  'own.ts',
  'builtin.ts',
  'passing.ts',
  'platform.ts',
  'validate.ts',
  'signals.ts',
] as const;
/** What the two doors stand on. */
const bothDoors = [
  ...leaves,
  'plan/',
  'attributes/',
  'engine/',
  'drop-in.ts',
  'errors.ts',
  'file-actions.ts',
  'permission.ts',
] as const;
/** What both the asynchronous and the synchronous functions of the drop-in use. */
const dropInShared = [
  'child_process/node-internals/',
  'child_process/pipes.ts',
  'child_process/plan.ts',
] as const;

/**
 * From each part of lib/ to what it may import; a name with a slash at the end is a folder. The first that covers a file
 * is its law. Imports of types count.
 */
const laws: readonly [part: string, mayImport: readonly string[]][] = [
  ['bytes.ts', []],
  ['own.ts', []],
  ['builtin.ts', []],
  ['passing.ts', []],
  ['platform.ts', ['builtin.ts']],
  ['own-files.ts', ['builtin.ts']],
  ['worker-seen.ts', ['builtin.ts']],
  ['drop-in.ts', []],
  ['validate.ts', ['builtin.ts', 'bytes.ts', 'own.ts']],
  ['signals.ts', ['builtin.ts', 'own.ts', 'validate.ts']],
  ['permission.ts', ['builtin.ts', 'own.ts']],
  ['plan/', ['plan/', 'builtin.ts', 'bytes.ts', 'signals.ts', 'validate.ts']],
  ['errors.ts', ['plan/', 'builtin.ts', 'bytes.ts', 'own.ts', 'signals.ts']],
  ['file-actions.ts', ['plan/vocabulary.ts', 'builtin.ts', 'bytes.ts', 'validate.ts']],
  // `env` asks the engine whether it is the C library's own
  [
    'attributes/',
    [
      'attributes/',
      'engine/environ.ts',
      'plan/',
      'builtin.ts',
      'bytes.ts',
      'file-actions.ts',
      'own.ts',
      'signals.ts',
      'validate.ts',
    ],
  ],
  // It loads the drop-in when it is called: a type is all that it imports of it.
  ['explain-spawn.ts', ['attributes/', 'child_process/explain.ts']],
  ['binary-file.ts', ['builtin.ts', 'platform.ts']],
  ['record.ts', ['plan/encode.ts', 'plan/vocabulary.ts']],
  ['binding.ts', ['binary-file.ts', 'own.ts', 'own-files.ts', 'platform.ts', 'record.ts', 'validate.ts']],
  [
    'engine/',
    [
      'engine/',
      'plan/',
      'binding.ts',
      'builtin.ts',
      'errors.ts',
      'own.ts',
      'passing.ts',
      'platform.ts',
      'record.ts',
      'worker-seen.ts',
    ],
  ],
  ['posix/', ['posix/', ...bothDoors]],
  ['api.ts', ['engine/availability.ts', 'errors.ts', 'explain-spawn.ts', 'file-actions.ts', 'posix/']],
  [
    'index.ts',
    [
      'api.ts',
      'attributes/',
      'bytes.ts',
      'engine/',
      'errors.ts',
      'explain-spawn.ts',
      'file-actions.ts',
      'posix/',
      'signals.ts',
    ],
  ],
  // It loads the drop-in when it is called: types are all that it imports of it.
  ['forkless.ts', ['child_process/functions.ts', 'child_process/open.ts']],
  // Options for either door; it starts nothing itself.
  [
    'service/',
    [
      'service/',
      'attributes/codecs.ts',
      'attributes/index.ts',
      'builtin.ts',
      'bytes.ts',
      'file-actions.ts',
      'plan/vocabulary.ts',
      'posix/descriptors.ts',
      'validate.ts',
    ],
  ],
  // What a program imports, and what the engine shares with it. The engine is loaded by a call.
  [
    'child_process/api.ts',
    [
      'child_process/early-obstacle.ts',
      'child_process/load-engine.ts',
      'child_process/node-internals/node-child-process.ts',
      'child_process/stubs.ts',
      'child_process/types.ts',
      'drop-in.ts',
      'worker-seen.ts',
    ],
  ],
  ['child_process/early-obstacle.ts', ['builtin.ts', 'permission.ts', 'platform.ts']],
  [
    'child_process/functions.ts',
    [
      'child_process/node-internals/ignored-option.ts',
      'child_process/node-internals/node-child-process.ts',
      'own.ts',
    ],
  ],
  // A type is all that it imports of them.
  ['child_process/node-internals/ignored-option.ts', ['attributes/index.ts']],
  [
    'child_process/load-engine.ts',
    [
      'child_process/async/timers.ts',
      'child_process/functions.ts',
      'builtin.ts',
      'drop-in.ts',
      'own-files.ts',
      'passing.ts',
    ],
  ],
  [
    'child_process/stubs.ts',
    [
      'child_process/load-engine.ts',
      'child_process/node-internals/node-child-process.ts',
      'builtin.ts',
      'own.ts',
    ],
  ],
  ['child_process/async/timers.ts', ['builtin.ts']],
  ['child_process/plan.ts', ['child_process/node-internals/', ...bothDoors]],
  [
    'child_process/pipes.ts',
    [...dropInShared, 'attributes/', 'engine/descriptors.ts', 'plan/step-cache.ts', 'plan/step-fields.ts'],
  ],
  [
    'child_process/node-internals/',
    [
      'child_process/node-internals/',
      'attributes/settings.ts',
      'engine/environ.ts',
      'plan/vocabulary.ts',
      'builtin.ts',
      'own.ts',
      'passing.ts',
      'validate.ts',
    ],
  ],
  ['child_process/async/', ['child_process/async/', ...dropInShared, ...bothDoors]],
  ['child_process/sync/', ['child_process/sync/', ...dropInShared, ...bothDoors]],
  ['child_process/', ['child_process/', ...bothDoors]],
  [
    'cli/',
    [
      'cli/',
      'attributes/',
      'plan/',
      'builtin.ts',
      'explain-spawn.ts',
      'file-actions.ts',
      'own-files.ts',
      'posix/',
      'child_process/api.ts',
      'child_process/explain.ts',
      'child_process/node-internals/node-child-process.ts',
      'child_process/node-internals/node-own.ts',
    ],
  ],
  ['cgroup/', ['cgroup/', 'builtin.ts', 'own.ts', 'validate.ts']],
  ['register.ts', ['builtin.ts', 'child_process/api.ts', 'register/', 'drop-in.ts', 'own-files.ts']],
  [
    'register/',
    [
      'register/',
      'register.ts',
      'child_process/node-internals/',
      'child_process/stubs.ts',
      'builtin.ts',
      'drop-in.ts',
      'own-files.ts',
    ],
  ],
];

const lib = sourcesIn('lib');
const core = sourcesIn('csrc/core');
/** Of each file of lib/ the files of lib/ that it imports. */
const imports: ReadonlyMap<string, readonly string[]> = new Map(
  [...lib].map(([file, text]) => [
    file,
    importsOf(text)
      .map((name) => resolve(file, name))
      .filter((target) => !isBuiltin(target)),
  ]),
);
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

    it('every law is about files that exist', () => {
      const parts = laws.flatMap(([part, mayImport]) => [part, ...mayImport]);
      const empty = parts.filter((part) => ![...lib.keys()].some((file) => covers(part, file)));
      expect(empty).to.deep.equal([]);
    });

    for (const [part, mayImport] of laws)
      it(`${part} imports only what its law lists`, () => {
        const broken = [...imports]
          .filter(([file]) => lawOf(file)?.[0] === part)
          .flatMap(([file, targets]) => targets.map((target) => [file, target] as const))
          .filter(([, target]) => !mayImport.some((allowed) => covers(allowed, target)));
        expect(broken).to.deep.equal([]);
      });

    it('only the engine imports the binding', () => {
      expect(importersOf('binding.ts').filter((file) => !covers('engine/', file))).to.deep.equal([]);
    });

    it('neither door imports the other, nor do the two halves of the drop-in', () => {
      const pairs = [
        ['posix/', 'child_process/'],
        ['child_process/async/', 'child_process/sync/'],
      ] as const;
      for (const [one, other] of pairs) {
        expect(reachedFrom(one).filter((file) => covers(other, file))).to.deep.equal([]);
        expect(reachedFrom(other).filter((file) => covers(one, file))).to.deep.equal([]);
      }
    });

    it('every file that is imported exists', () => {
      const missing = [...imports.values()].flat().filter((target) => !lib.has(target));
      expect(missing).to.deep.equal([]);
    });

    it('no file imports itself through others', () => {
      expect([...lib.keys()].filter((file) => reachedBy(file).has(file))).to.deep.equal([]);
    });

    it('who imports forkless loads no file of the drop-in', () => {
      const loaded = loadedBy('index.ts');
      expect(loaded).to.include.members(['posix/start.ts', 'attributes/umask.ts', 'plan/compile.ts']);
      expect(loaded.filter((file) => file.startsWith('child_process/'))).to.deep.equal([]);
      expect(loadedBy('child_process/open.ts')).to.include('child_process/async/spawn.ts');
    });

    it('what an import loads has no engine, but all that other code may change before the first start', () => {
      const early = new Set(['child_process/api.ts', 'register.ts', 'register/worker.ts'].flatMap(loadedBy));
      expect([...early]).to.include.members([
        'worker-seen.ts',
        'permission.ts',
        'child_process/async/timers.ts',
        'child_process/node-internals/node-child-process.ts',
      ]);
      expect(
        [...early].filter((file) => /^(?:attributes|engine|plan|posix)\/|^binding/.test(file)),
      ).to.deep.equal([]);
    });

    it('nothing but the two runtime dependencies comes from outside: Node, and node-gyp-build in binding.ts', () => {
      const foreign = [...lib.values()].flatMap(importsOf).filter((name) => !/^\.|^node:/.test(name));
      expect(foreign).to.deep.equal([]);
      expect(filesWith(/node-gyp-build/)).to.deep.equal(['binding.ts']);
    });

    it('only binding.ts loads native code, or could', () => {
      expect(filesWith(/dlopen|\.node['"`]/)).to.deep.equal(['binary-file.ts']);
      expect(filesWith(/createRequire|\brequire(?:Own)?\(/)).to.deep.equal([
        'attributes/drop-in.ts',
        'binding.ts',
        'builtin.ts',
        'child_process/load-engine.ts',
        'explain-spawn.ts',
        'forkless.ts',
        'own-files.ts',
      ]);
    });

    it('only child_process/node-internals/node-binding.ts looks at what Node has inside', () => {
      expect(filesWith(/\.binding\b(?!\.js)|\bbinding\(name|internalBinding/)).to.deep.equal([
        'binding.ts',
        'child_process/node-internals/node-binding.ts',
      ]);
    });

    it('modules of Node’s are taken by builtin.ts, not by an import', () => {
      const taken =
        /^import (?!type\b).*['"](?:node:\w+|child_process|worker_threads|timers|fs|os|util)['"]/m;
      expect(filesWith(taken)).to.deep.equal([]);
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

    describe('an option is read by its name in attributes/, and in child_process/node-internals/ where it is Node’s', () => {
      const names = attributes.map(({ name }) => name);

      it('and in no other place of a door, of the plan or of the command', () => {
        const reads = [...lib]
          .filter(([file]) => /^(?:posix|child_process(?!\/node-internals)|plan|cli)\//.test(file))
          // RLIMIT_NICE is called as an attribute is
          .filter(([file]) => file !== 'plan/resources.ts')
          .map(([file, text]) => [file, optionReads(text, names)] as const);
        expect(reads).to.have.length.greaterThan(30);
        expect(Object.fromEntries(reads.filter(([, found]) => found.length > 0))).to.deep.equal({});
      });

      for (const read of [
        'const mask = options.umask;',
        'use(options?.umask);',
        'use(normalized.options.cwd)',
        'use(read(options).umask)',
        'use(list[0].umask)',
        "use(options['umask']);",
        'use(options["sigmask"]);',
        'use(options[`sigmask`]);',
        'const { umask } = options;',
        'const { timeout, umask: mask = 0 } = given as Loose;',
        'const {\n  cwd,\n  env,\n} = options;',
        'const { env = {}, umask } = options;',
        'const { options: { umask } } = call;',
        'for (const { umask } of list) use(umask);',
        'function use({ uid, gid }: StartRequest) {}',
        'function use({ umask }: { readonly umask: number }) {}',
        'list.map(({ umask }) => umask);',
        'list.map(({ umask }, index) => umask);',
        "if ('umask' in options) use();",
        "Object.hasOwn(options, 'inheritFds');",
        "Reflect.get(options, 'fds');",
        "const names = ['umask', 'pgroup'];",
      ])
        it(`would be found: ${JSON.stringify(read)}`, () => {
          expect(optionReads(read, names)).to.not.deep.equal([]);
        });

      for (const other of [
        "if (step.op === 'umask') print(step.uid);",
        "case 'setsid':",
        "return { op: 'umask', mask };",
        'use(process.env, plan.sigmask);',
        'start(path, { umask: 0, cwd });',
        'const { exitCode, signal } = ending;',
        'interface Options { readonly umask: number }',
        'use(options.umasks, umask.options);',
      ])
        it(`is none: ${JSON.stringify(other)}`, () => {
          expect(optionReads(other, names)).to.deep.equal([]);
        });
    });

    it('index.ts only exports', () => {
      const statements = (lib.get('index.ts') ?? '').split(';').map((statement) => statement.trim());
      expect(
        statements.filter((statement) => statement !== '' && !/^export\b/.test(statement)),
      ).to.deep.equal([]);
    });

    it('the functions of the drop-in are typed once, where they are assembled', () => {
      expect(filesWith(/\bDropInModule\b/)).to.deep.equal(['child_process/api.ts', 'child_process/types.ts']);
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
        'core/interpret.c': ['interpret.h', '../steps/steps.h', 'fields.h', 'guard.h', 'steps.def'],
        'core/own_memory.c': ['own_memory.h', 'fields.h'],
        'core/cobs.c': ['cobs.h'],
        'core/runner.c': ['cobs.h', 'fields.h', 'guard.h', 'interpret.h', 'own_memory.h'],
      });
      const bodies = childSources.filter((file) => !isInCore(file));
      expect(bodies).to.have.length.above(3);
      for (const file of bodies) expect(ownIn(file), file).to.deep.equal(['steps.h']);
    });

    it('and what it gets through them needs no libc either', () => {
      expect(own(core.get('child.h') ?? '')).to.deep.equal(['own_memory.h']);
      expect(own(core.get('own_memory.h') ?? '')).to.deep.equal(['identity.h', 'report.h']);
      expect(own(core.get('cobs.h') ?? '')).to.deep.equal([]);
      expect(own(core.get('guard.h') ?? '')).to.deep.equal([]);
      expect(own(core.get('interpret.h') ?? '')).to.deep.equal(['own_memory.h']);
      expect(own(core.get('report.h') ?? '')).to.deep.equal(['plan.h', 'sys.h']);
      expect(own(core.get('fields.h') ?? '')).to.deep.equal(['plan.h', 'steps.def']);
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

/** All files that come with a file, by imports and exports that are no types. */
function loadedBy(first: string): string[] {
  const loaded = new Set([first]);
  for (const file of loaded) {
    const text = (lib.get(file) ?? '').replace(/^(?:import|export) type [^;]*;|typeof import\(/gm, '');
    for (const name of importsOf(text)) if (name.startsWith('.')) loaded.add(resolve(file, name));
  }
  return [...loaded];
}

function lawOf(file: string): (typeof laws)[number] | undefined {
  return laws.find(([part]) => covers(part, file));
}

function importersOf(target: string): string[] {
  return [...imports].filter(([, targets]) => targets.includes(target)).map(([file]) => file);
}

/** What a file imports, directly or through other files. */
function reachedBy(file: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const pending = [...(imports.get(file) ?? [])];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    pending.push(...(imports.get(next) ?? []));
  }
  return reached;
}

function reachedFrom(part: string): string[] {
  const files = [...lib.keys()].filter((file) => covers(part, file));
  return [...new Set(files.flatMap((file) => [...reachedBy(file)]))];
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
