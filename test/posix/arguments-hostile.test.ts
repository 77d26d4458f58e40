import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { explain, FileActions, features, Process, posixSpawn, posixSpawnSync } from 'forkless';
import { askProbe } from '../support/probe.js';
import { runProgram } from '../support/program.js';

async function codeOf(use: () => unknown): Promise<unknown> {
  try {
    await use();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return 'none';
}

describe('an argument that only looks right', () => {
  it('is refused before a start: an AbortSignal by its prototype alone', async () => {
    const before = features().rungs;
    const signal = Object.create(AbortSignal.prototype, { aborted: { value: false } });
    expect(await codeOf(() => posixSpawn('/bin/true', ['true'], { signal }))).to.equal(
      'ERR_INVALID_ARG_TYPE',
    );
    expect(features().rungs).to.deep.equal(before);
  });

  it('is refused: bytes that hide their null byte by an includes of their own', async () => {
    class Bytes extends Uint8Array {
      override includes(): boolean {
        return false;
      }
    }
    const argument = Bytes.of(97, 0, 98);
    expect(await codeOf(() => posixSpawn('/bin/true', ['true', argument]))).to.equal('ERR_INVALID_ARG_VALUE');
  });

  it('cannot be a Process', async () => {
    const Constructor = Process as unknown as new (...values: unknown[]) => unknown;
    expect(await codeOf(() => new Constructor())).to.equal('ERR_ILLEGAL_CONSTRUCTOR');
    const child = { id: 0, pid: 0, pidfd: -1 };
    expect(await codeOf(() => new Constructor(child, Promise.resolve()))).to.equal('ERR_ILLEGAL_CONSTRUCTOR');
  });
});

describe('bytes that have been transferred', () => {
  const detached = (): Uint8Array => {
    const bytes = Buffer.from(new Uint8Array([47, 98]).buffer);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    return bytes;
  };
  const uses: readonly [string, () => unknown][] = [
    ['path', () => posixSpawn(detached(), ['true'])],
    ['argv', () => posixSpawn('/bin/true', ['true', detached()])],
    ['env', () => posixSpawn('/bin/true', ['true'], { env: [detached()] })],
    ['cwd', () => posixSpawn('/bin/true', ['true'], { cwd: detached() })],
    ['a file action', () => new FileActions().addOpen(1, detached(), 'w')],
    ['the directory of a file action', () => new FileActions().addChdir(detached())],
  ];
  for (const [what, use] of uses)
    it(`are refused as ${what}`, async () => expect(await codeOf(use)).to.equal('ERR_INVALID_ARG_VALUE'));
});

describe('an argument whose owner acts while it is read', () => {
  it('may be an array that has become empty', async () => {
    let length = 1;
    const argv = new Proxy(['true'], {
      get: (list, key) => (key === 'length' ? length-- : Reflect.get(list, key)),
    });
    expect(await codeOf(() => posixSpawn('/bin/true', argv))).to.be.oneOf(['none', 'ERR_INVALID_ARG_VALUE']);
    const none = new Proxy([], { get: (list, key) => (key === 'length' ? 0 : Reflect.get(list, key)) });
    expect(await codeOf(() => posixSpawn('/bin/true', none))).to.equal('ERR_INVALID_ARG_VALUE');
  });

  it('may be an array that grows with each entry', () => {
    const argv: string[] = ['true'];
    const grow = (): string => {
      if (argv.length < 1000) Object.defineProperty(argv, argv.length, { get: grow, configurable: true });
      return 'more';
    };
    Object.defineProperty(argv, 1, { get: grow });
    expect(explain('/bin/true', argv).split('\n')).to.include('argv: "true" "more"');
  });

  it('may start another process', async () => {
    const codes: unknown[] = [];
    const options = {
      get cwd() {
        codes.push(posixSpawnSync('/bin/true', ['true']).exited);
        return '/';
      },
      env: {
        get A() {
          codes.push(posixSpawnSync('/bin/true', ['true']).exited);
          return '1';
        },
      },
    };
    const { cwd, env } = await askProbe(options);
    expect({ cwd, env }).to.deep.equal({ cwd: '/', env: ['A=1'] });
    const ends = (await Promise.all(codes)) as { code: number }[];
    expect(ends.map(({ code }) => code)).to.deep.equal([0, 0]);
  });

  it('may add to its file actions: what was added by then is done', () => {
    const fileActions = new FileActions();
    const options = {
      fileActions,
      env: {
        get A() {
          fileActions.addClose(9);
          return '1';
        },
      },
    };
    expect(explain('/bin/true', ['true'], options)).to.include('close 9  (file action 0)');
  });

  it('may be asked for its class by the error, and throw', async () => {
    const value = new Proxy(
      {},
      {
        get() {
          throw new Error('asked');
        },
      },
    );
    expect(await codeOf(() => posixSpawn(value as never, ['true']))).to.equal('ERR_INVALID_ARG_TYPE');
  });

  it('may be of another realm, frozen, or without a prototype', async () => {
    const argv = runInNewContext("Object.freeze(['probe', 'report-to', new Uint8Array([97])])") as string[];
    expect(explain('/bin/true', argv)).to.include('argv: "probe" "report-to" "a"');
    const options = Object.freeze({
      __proto__: null,
      umask: 0o27,
      env: runInNewContext("({ A: 'b' })"),
    }) as object;
    const { umask, env } = await askProbe(options);
    expect({ umask, env }).to.deep.equal({ umask: 0o27, env: ['A=b'] });
  });
});

describe('a signal whose properties throw', () => {
  for (const name of ['removeEventListener', 'aborted'])
    it(`as ${name} does once the program runs: the process is there`, async () => {
      const { signal } = new AbortController();
      let running = false;
      const own = Reflect.get(AbortSignal.prototype, name, signal);
      Object.defineProperty(signal, name, {
        get() {
          if (running) throw new Error('asked');
          return own;
        },
      });
      const start = posixSpawn('/bin/true', ['true'], { signal });
      running = true;
      expect((await (await start).exited).code).to.equal(0);
    });

  it('as reason does: the start is cancelled all the same', async () => {
    const controller = new AbortController();
    Object.defineProperty(controller.signal, 'reason', {
      get() {
        throw new Error('asked');
      },
    });
    const start = posixSpawn('/bin/sleep', ['sleep', '60'], { signal: controller.signal });
    controller.abort();
    expect(await codeOf(() => start)).to.equal('ABORT_ERR');
  });
});

describe('what the program has replaced since it has imported this package', () => {
  // each would throw between the making of a child and the moment in which it can be heard of
  for (const [what, names] of [
    [
      'the methods of Map',
      [
        ['Map', 'get'],
        ['Map', 'set'],
        ['Map', 'delete'],
      ],
    ],
    ['queueMicrotask', [['globalThis', 'queueMicrotask']]],
    [
      'Object.assign and the methods of Array',
      [
        ['Object', 'assign'],
        ['Array', 'map'],
        ['Array', 'includes'],
      ],
    ],
  ] as const)
    it(`may be ${what}: a child is started and heard of, or there is none`, async () => {
      const seen = await runProgram<{ codes: unknown[]; left: number }>(import.meta.url, 'replaced-globals', {
        names,
      });
      for (const code of seen.codes) expect(code).to.be.oneOf([0, 'replaced']);
      expect(seen.left).to.equal(0);
    });
});

describe('very many file actions', () => {
  it('make a plan like any other', () => {
    const actions = new FileActions();
    for (let fd = 0; fd < 200_000; fd++) actions.addClose(fd * 2);
    const lines = explain('/bin/true', ['true'], { fileActions: actions, cloexecDefault: true }).split('\n');
    expect(lines.filter((line) => line.includes('(file action'))).to.have.length(200_000);
  }).timeout(20_000);
});
