import { ChildProcess } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { describeValue } from './describe-value.js';
import type { Door } from './oracle.js';
import { same, sameScript } from './oracle.js';

type Promised = (...args: readonly unknown[]) => Promise<unknown> & { child: unknown };

async function settled(promise: Promise<unknown>): Promise<unknown> {
  try {
    return { resolved: describeValue(await promise) };
  } catch (error) {
    return { rejected: describeValue(error) };
  }
}

const exec = (cp: Door): Promised => promisify(cp.exec) as unknown as Promised;
const execFile = (cp: Door): Promised => promisify(cp.execFile) as unknown as Promised;

describe('the promisified form', () => {
  const runs: readonly [string, (cp: Door) => Promise<unknown>, object][] = [
    [
      'of exec resolves',
      (cp) => exec(cp)('echo out; echo err >&2'),
      { resolved: { stdout: 'out\n', stderr: 'err\n' } },
    ],
    [
      'of execFile resolves',
      (cp) => execFile(cp)('echo', ['a']),
      { resolved: { stdout: 'a\n', stderr: '' } },
    ],
    ['of execFile takes only a file', (cp) => execFile(cp)('true'), { resolved: { stdout: '', stderr: '' } }],
    [
      'of execFile takes options',
      (cp) => execFile(cp)('/bin/pwd', { cwd: '/' }),
      { resolved: { stdout: '/\n', stderr: '' } },
    ],
    [
      'of exec takes options',
      (cp) => exec(cp)('pwd', { cwd: '/', encoding: 'buffer' }),
      { resolved: { stdout: "Buffer '/\n'", stderr: "Buffer ''" } },
    ],
  ];
  for (const [title, run, expected] of runs)
    same(
      title,
      (cp) => settled(run(cp)),
      (observed) => expect(observed).to.deep.equal(expected),
    );

  for (const [title, run, fields] of [
    [
      'of exec rejects with its output',
      (cp: Door) => exec(cp)('echo out; echo err >&2; exit 3'),
      { code: 3, stdout: 'out\n', stderr: 'err\n' },
    ],
    [
      'of execFile rejects with its output',
      (cp: Door) => execFile(cp)('/bin/sh', ['-c', 'echo out; exit 4']),
      { code: 4, stdout: 'out\n', stderr: '' },
    ],
    [
      'rejects for a missing program',
      (cp: Door) => execFile(cp)('/no/such', ['a']),
      { code: 'ENOENT', stdout: '', stderr: '', cmd: '/no/such a' },
    ],
    [
      'rejects for too much output',
      (cp: Door) => exec(cp)('echo text', { maxBuffer: 2 }),
      { code: 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER', stdout: 'te' },
    ],
    [
      'rejects at a timeout',
      (cp: Door) => exec(cp)('exec sleep 30', { timeout: 20 }),
      { killed: true, signal: 'SIGTERM', stdout: '' },
    ],
    [
      'rejects when it is aborted',
      (cp: Door) => exec(cp)('exec sleep 30', { signal: AbortSignal.abort('why') }),
      { code: 'ABORT_ERR', stdout: '' },
    ],
  ] as const)
    same(
      title,
      (cp) => settled(run(cp)),
      (observed) =>
        expect(observed).to.have.property('rejected').with.property('fields').that.includes(fields),
    );

  for (const [title, call] of [
    ['of exec throws for a wrong command', (cp: Door) => exec(cp)(5)],
    ['of exec throws for wrong options', (cp: Door) => exec(cp)('true', { timeout: -1 })],
    ['of execFile throws for a wrong file', (cp: Door) => execFile(cp)('')],
    ['of execFile throws for wrong args', (cp: Door) => execFile(cp)('true', 5)],
  ] as const)
    same(
      title,
      (cp) => {
        try {
          return settled(call(cp));
        } catch (error) {
          return { thrown: describeValue(error) };
        }
      },
      (observed) => expect(observed).to.be.an('object'),
    );

  for (const [what, form] of [
    ['exec', exec],
    ['execFile', execFile],
  ] as const) {
    same(
      `of ${what} has its child at once`,
      async (cp) => {
        const promise = form(cp)('true');
        const { child } = promise;
        const found = [child instanceof ChildProcess, Object.keys(promise), promise instanceof Promise];
        await promise;
        return found;
      },
      (found) => expect(found).to.deep.equal([true, ['child'], true]),
    );
    same(
      `of ${what} is a function with a name and a length`,
      (cp) => {
        const custom = Object.getOwnPropertyDescriptor(cp[what], promisify.custom);
        return [
          describeValue(form(cp)),
          promisify(cp[what]) === custom?.value,
          { ...custom, value: describeValue(custom?.value) },
          describeValue(cp[what]),
          Reflect.ownKeys(cp[what]).map(String),
        ];
      },
      ([, isOne]) => expect(isOne).to.equal(true),
    );
  }
  for (const name of ['spawn', 'fork'] as const)
    same(
      `of ${name} is none of its own`,
      (cp) => [promisify.custom in cp[name], describeValue(cp[name]), Reflect.ownKeys(cp[name]).map(String)],
      ([has]) => expect(has).to.equal(false),
    );

  same(
    'of a child that is killed by its holder',
    (cp) => {
      const promise = execFile(cp)('sleep', ['30']);
      if (promise.child instanceof ChildProcess) promise.child.kill();
      return settled(promise);
    },
    (observed) => expect(observed).to.have.nested.property('rejected.fields.signal', 'SIGTERM'),
  );
  sameScript(
    'causes an unhandled rejection when nobody waits for it',
    `import { promisify } from 'node:util';
     process.on('unhandledRejection', ({ message, code, stdout }) => console.log(message, code, stdout));
     promisify(cp.exec)('echo text; exit 3');`,
    ({ stdout }) => expect(stdout).to.equal('Command failed: echo text; exit 3\n 3 text\n\n'),
  );
});
