import { expect } from 'chai';
import type { PosixSpawnOptions, Process } from 'forkless';
import {
  explain,
  FileActions,
  features,
  getCloexec,
  posixSpawn,
  posixSpawnp,
  posixSpawnpSync,
  posixSpawnSync,
  setCloexec,
} from 'forkless';
import type { AnyAttribute } from '#lib/attributes/attribute.js';
import type { Code } from '#lib/attributes/codecs.js';
import { attributes } from '#lib/attributes/index.js';
import { askProbe, probeArgv, probePath } from '../support/probe.js';
import { openDescriptors } from '../support/proc.js';
import { programUrl } from '../support/program.js';
import { runWorker } from '../support/run-worker.js';
import { notDescriptors, notKillSignals, wrongActions, wrongStarts } from './wrong-arguments.js';

/** Any function as one that takes anything: the types are what these tests get around. */
type Loose = (...args: readonly unknown[]) => unknown;

const asynchronous: Record<string, Loose> = {
  posixSpawn: posixSpawn as Loose,
  posixSpawnp: posixSpawnp as Loose,
};
const synchronous: Record<string, Loose> = {
  posixSpawnSync: posixSpawnSync as Loose,
  posixSpawnpSync: posixSpawnpSync as Loose,
  explain: explain as Loose,
};
const all = { ...asynchronous, ...synchronous };

describe('a wrong argument', () => {
  let before: { rungs: unknown; descriptors: string };

  beforeEach(() => {
    before = currentState();
  });

  // A start that is refused has no child, no descriptor, and was never tried.
  afterEach(() => expect(currentState()).to.deep.equal(before));

  for (const [name, start] of Object.entries(all)) {
    describe(`of ${name}`, () => {
      const first = name.includes('Spawnp') ? 'file' : 'path';
      for (const [title, args, code, names] of wrongStarts)
        it(`is refused: ${title}`, async () =>
          expectRefusal(await errorOf(name, start, args), code, names === 'path' ? `"${first}"` : names));

      it('that throws when it is read is thrown on', async () => {
        const cause = new Error('from a getter');
        const thrower = (key: string) => ({
          get [key](): unknown {
            throw cause;
          },
        });
        for (const key of optionNames)
          expect(await errorOf(name, start, ['/bin/true', ['true'], thrower(key)])).to.equal(cause);
        expect(await errorOf(name, start, ['/bin/true', ['true'], { env: thrower('A') }])).to.equal(cause);
        const list = () => Object.defineProperty(['true'], 0, { get: () => thrower('entry')['entry'] });
        expect(await errorOf(name, start, ['/bin/true', list()])).to.equal(cause);
        for (const key of ['env', 'fds', 'sigmask', 'sigdefault', 'sigignore'])
          expect(await errorOf(name, start, ['/bin/true', ['true'], { [key]: list() }])).to.equal(cause);
      });
    });
  }

  for (const name of ['posixSpawnSync', 'posixSpawnpSync'])
    it(`of ${name}: any signal, which could not cancel it`, async () => {
      for (const signal of [new AbortController().signal, AbortSignal.abort()])
        expectRefusal(
          await errorOf(name, all[name] as Loose, ['/bin/true', ['true'], { signal }]),
          'ERR_INVALID_ARG_VALUE',
          'options.signal',
        );
    });

  describe('of FileActions', () => {
    for (const [method, title, args, code, names] of wrongActions)
      it(`is refused when it is added, and adds nothing: ${method}, ${title}`, () => {
        const actions = new FileActions().addClose(9);
        const plan = explain('/x', ['x'], { fileActions: actions });
        expectRefusal(
          thrownBy(() => (actions[method] as Loose).call(actions, ...args)),
          code,
          names,
        );
        expect(explain('/x', ['x'], { fileActions: actions })).to.equal(plan);
      });

    it('is an object that is none', () => {
      for (const receiver of [{}, Object.create(FileActions.prototype), null])
        expect(() => FileActions.prototype.addClose.call(receiver as FileActions, 1)).to.throw(TypeError);
    });
  });

  describe('of getCloexec and setCloexec', () => {
    for (const [title, value, code] of [...notDescriptors, ['null', null, 'ERR_INVALID_ARG_TYPE'] as const])
      it(`is refused: ${title}`, () => {
        expectRefusal(
          thrownBy(() => (getCloexec as Loose)(value)),
          code,
          'fd',
        );
        expectRefusal(
          thrownBy(() => (setCloexec as Loose)(value, true)),
          code,
          'fd',
        );
      });

    it('is refused where it is no boolean', () => {
      for (const on of [undefined, null, 1, 0, 'true', {}])
        expectRefusal(
          thrownBy(() => (setCloexec as Loose)(0, on)),
          'ERR_INVALID_ARG_TYPE',
          'on',
        );
    });
  });
});

describe('a wrong signal of kill', () => {
  let blocked: Process;

  before(async () => {
    blocked = await posixSpawn(probePath, probeArgv('block'), { sigmask: [] });
  });

  after(async () => {
    blocked.kill('SIGKILL');
    await blocked.exited;
  });

  for (const [title, value, code] of notKillSignals)
    it(`is refused, and nothing is sent: ${title}`, () => {
      expectRefusal(
        thrownBy(() => (blocked.kill as Loose).call(blocked, value)),
        code,
        code === 'ERR_INVALID_ARG_TYPE' ? 'signal' : String(value),
      );
      expect(blocked.kill(0)).to.equal(true);
    });

  it('is refused of a process that has ended, too', async () => {
    const ended = posixSpawnSync(probePath, probeArgv('exit', 0));
    await ended.exited;
    expectRefusal(
      thrownBy(() => (ended.kill as Loose).call(ended, 'SIGNOPE')),
      'ERR_UNKNOWN_SIGNAL',
      'SIGNOPE',
    );
    expect(ended.kill()).to.equal(false);
  });
});

describe('an unusual argument', () => {
  it('may be frozen, sealed and without a prototype', async () => {
    const options: PosixSpawnOptions = Object.freeze(
      Object.assign(Object.create(null), {
        env: Object.freeze(Object.assign(Object.create(null), { A: '1' })),
        fds: Object.freeze([0, null]),
        sigmask: Object.freeze(['SIGUSR1']),
        sigdefault: Object.freeze([]),
      }),
    );
    const { env, fds } = await askProbe(options);
    expect(env).to.deep.equal(['A=1']);
    expect(fds.map(({ fd }) => fd)).not.to.include(1);
  });

  it('may be 0 with a sign', async () => {
    const plain = explain('/x', ['x'], {
      fds: [0, 0],
      fileActions: new FileActions().addClose(0),
      pgroup: 0,
    });
    const options = { fds: [-0, -0], fileActions: new FileActions().addClose(-0), pgroup: -0 };
    expect(explain('/x', ['x'], options)).to.equal(plain);
    expect((await askProbe({ fds: [-0], umask: -0, pgroup: -0 })).umask).to.equal(0);
  });

  it('is read once, and whole, before anything is started', async () => {
    const reads: string[] = [];
    const values: PosixSpawnOptions = { env: { A: '1' }, cwd: '/', fds: [0, 1, 2], umask: 0 };
    const options = {};
    for (const key of optionNames)
      Object.defineProperty(options, key, {
        enumerable: true,
        get() {
          reads.push(key);
          return values[key];
        },
      });
    const before = countStarts();
    const started = askProbe(options);
    expect(reads.toSorted()).to.deep.equal([...optionNames].sort());
    expect((await started).env).to.deep.equal(['A=1']);
    expect(countStarts()).to.equal(before + 1);
    expect(reads).to.have.length(optionNames.length);
  });

  it('of a prototype is no option: only own ones count, as with Node', async () => {
    const options: PosixSpawnOptions = Object.create({ umask: 'wrong', cloexecDefault: true });
    expect(explain('/x', ['x'], options)).to.equal(explain('/x', ['x']));
  });

  describe('of env', () => {
    it('process.env itself is the environment as it is', async () => {
      process.env['FORKLESS_TEST'] = 'as it is';
      try {
        const plain = await askProbe();
        const given = await askProbe({ env: process.env });
        const copied = await askProbe({ env: { ...process.env } });
        expect(plain.env).to.include('FORKLESS_TEST=as it is');
        expect(given.env).to.deep.equal(plain.env);
        expect(copied.env.toSorted()).to.deep.equal(plain.env.toSorted());
      } finally {
        delete process.env['FORKLESS_TEST'];
      }
    });

    it('an array is envp as it is: duplicates in their order, and what is no assignment', async () => {
      const env = ['B=2', 'A=1', 'A=2', '', '=', 'nonsense', 'A=1'];
      expect((await askProbe({ env })).env).to.deep.equal(env);
    });

    it('an object keeps its order, leaves undefined out, and may have empty values and keys', async () => {
      const env = { Z: '1', A: '', M: undefined, '': 'x', B: 'a=b' };
      expect((await askProbe({ env })).env).to.deep.equal(['Z=1', 'A=', '=x', 'B=a=b']);
    });

    it('nothing is an empty environment', async () => {
      expect((await askProbe({ env: {} })).env).to.deep.equal([]);
      expect((await askProbe({ env: [] })).env).to.deep.equal([]);
    });

    it('what is inherited by the prototype of env does not count', async () => {
      expect((await askProbe({ env: Object.create({ A: '1' }) })).env).to.deep.equal([]);
    });
  });

  describe('of the environment that is inherited', () => {
    it('is refused in a Worker whose process.env has a NUL byte', async () => {
      const codes = await runWorker(programUrl(import.meta.url, 'environment-null-byte'));
      expect(codes).to.deep.equal(Array(4).fill('ERR_INVALID_ARG_VALUE'));
    });

    it('is refused where process.env was replaced by an object that has one', async () => {
      const own = process.env;
      process.env = { A: 'x\0y', B: '2' };
      try {
        const error = await errorOf('posixSpawn', posixSpawn as Loose, ['/bin/true', ['true']]);
        expect(error).to.include({ code: 'ERR_INVALID_ARG_VALUE' });
      } finally {
        process.env = own;
      }
    });

    it('is refused by posixSpawnp where PATH has one', async () => {
      const own = process.env;
      process.env = { PATH: '/bin\0:/usr/bin' };
      try {
        const error = await errorOf('posixSpawnp', posixSpawnp as Loose, ['true', ['true'], { env: {} }]);
        expect(error).to.include({ code: 'ERR_INVALID_ARG_VALUE' });
      } finally {
        process.env = own;
      }
    });
  });
});

const optionNames = (attributes as readonly AnyAttribute[])
  .filter(({ doors }) => doors.posix === 'own')
  .map(({ name }) => name as keyof PosixSpawnOptions);

/** An asynchronous function must reject, and never throw; the others must throw. */
async function errorOf(name: string, start: Loose, args: readonly unknown[]): Promise<unknown> {
  if (!(name in asynchronous)) return thrownBy(() => start(...args));
  const result = start(...args);
  expect(result).to.be.a('promise');
  try {
    await endUnexpected(await result);
  } catch (error) {
    return error;
  }
  throw new Error('it was not refused');
}

function thrownBy(call: () => unknown): unknown {
  let result: unknown;
  try {
    result = call();
  } catch (error) {
    return error;
  }
  void endUnexpected(result);
  throw new Error('it was not refused');
}

/** A test that fails must not leave a child behind as well. */
async function endUnexpected(result: unknown): Promise<void> {
  if (typeof result === 'object' && result !== null && 'exited' in result) await result.exited;
}

function expectRefusal(error: unknown, code: Code, names: string): void {
  const kind = code === 'ERR_OUT_OF_RANGE' ? RangeError : code === 'ENOTSUP' ? Error : TypeError;
  expect(error).to.be.an.instanceOf(kind);
  const { code: given, message } = error as NodeJS.ErrnoException;
  expect({ given, message }).to.deep.equal({ given: code, message });
  expect(message).to.include(names);
}

function countStarts(): number {
  return Object.values(features().rungs).reduce((sum, count) => sum + count, 0);
}

function currentState(): { rungs: unknown; descriptors: string } {
  return { rungs: features().rungs, descriptors: [...openDescriptors()].join('\n') };
}
