import { expect } from 'chai';
import { slowness } from '../support/slowness.js';
import { fails, sameLateResult, sameResult, succeeds } from './exec-result.js';
import { same, sameProgram, sameScript } from './oracle.js';

describe('exec and execFile', () => {
  describe('call back with', () => {
    sameResult(
      'what exec wrote',
      (cp, done) => cp.exec('echo out; echo err >&2', done),
      succeeds('out\n', 'err\n'),
    );
    sameResult('what execFile wrote', (cp, done) => cp.execFile('echo', ['a', 'b'], done), succeeds('a b\n'));
    sameResult(
      'an exit status',
      (cp, done) => cp.exec('echo out; echo err >&2; exit 3', done),
      (results) => {
        fails({ code: 3, killed: false, signal: null, cmd: 'echo out; echo err >&2; exit 3' })(results);
        expect(results[0]).to.have.property(
          'message',
          'Command failed: echo out; echo err >&2; exit 3\nerr\n',
        );
        expect(Object.keys(results[0] as object)).to.deep.equal(['code', 'killed', 'signal', 'cmd']);
      },
    );
    sameResult(
      'an exit status of execFile',
      (cp, done) => cp.execFile('/bin/sh', ['-c', 'exit 4'], done),
      fails({ code: 4, cmd: '/bin/sh -c exit 4' }),
    );
    sameResult(
      'a signal',
      (cp, done) => cp.exec('kill -9 $$', done),
      fails({ code: null, signal: 'SIGKILL', killed: false }),
    );
    sameResult(
      'a signal sent by kill',
      (cp, done) => {
        const child = cp.execFile('sleep', ['30'], done);
        child.on('spawn', () => child.kill('SIGINT'));
      },
      fails({ code: null, signal: 'SIGINT', killed: true }),
    );
    sameResult(
      'a missing program',
      (cp, done) => cp.execFile('/no/such', ['a', 'b'], done),
      fails({ code: 'ENOENT', syscall: 'spawn /no/such', path: '/no/such', cmd: '/no/such a b' }),
    );
    same(
      'a missing program only after its streams were destroyed',
      (cp) =>
        new Promise((resolve) => {
          const child = cp.execFile('/no/such', () =>
            resolve([child.stdin?.destroyed, child.stdout?.destroyed, child.stderr?.destroyed]),
          );
        }),
      (destroyed) => expect(destroyed).to.deep.equal([true, true, true]),
    );
    sameResult('a missing command', (cp, done) => cp.exec('no-such-command', done), fails({ code: 127 }));
    sameResult(
      'a missing shell',
      (cp, done) => cp.exec('true', { shell: '/no/such' }, done),
      fails({ code: 'ENOENT' }),
    );
    sameResult(
      'a missing cwd',
      (cp, done) => cp.exec('true', { cwd: '/no/such' }, done),
      fails({ code: 'ENOENT' }),
    );
    sameResult(
      'a program that may not run',
      (cp, done) => cp.execFile('/etc/passwd', done),
      fails({ code: 'EACCES' }),
    );
    sameResult(
      'an argv0 in no message',
      (cp, done) => cp.execFile('/bin/sh', ['-c', 'exit 1'], { argv0: 'other' }, done),
      fails({ cmd: '/bin/sh -c exit 1' }),
    );
    sameResult(
      'what args say of themselves',
      (cp, done) => cp.execFile('/bin/false', [1, 'two words', null, undefined], done),
      fails({ cmd: '/bin/false 1 two words  ' }),
    );
    sameResult(
      'the shell of execFile',
      (cp, done) => cp.execFile('exit 5', { shell: true }, done),
      fails({ code: 5, cmd: 'exit 5' }),
    );
  });

  describe('kill at a timeout', () => {
    sameResult(
      'by SIGTERM',
      (cp, done) => cp.exec('exec sleep 30', { timeout: 20 }, done),
      fails({ killed: true, signal: 'SIGTERM', code: null }),
    );
    sameLateResult(
      'of what has ended already, while a grandchild holds the pipes, is told as a kill',
      (cp, timeout, done) => cp.exec(`sleep ${20 * slowness} & exit 3`, { timeout }, done),
      ([error]) => (error as { code?: unknown } | null)?.code === 3,
      fails({ killed: true, signal: null, code: 3 }),
    );
    sameResult(
      'by killSignal',
      (cp, done) => cp.execFile('sleep', ['30'], { timeout: 20, killSignal: 'SIGKILL' }, done),
      fails({ killed: true, signal: 'SIGKILL' }),
    );
    sameLateResult(
      'and keep what was written',
      (cp, timeout, done) => cp.exec('echo early; exec sleep 30', { timeout }, done),
      ([, stdout]) => stdout !== '',
      (results) => {
        fails({ killed: true })(results);
        expect(results[1]).to.equal('early\n');
      },
    );
    sameLateResult(
      'what ends by itself at the signal',
      (cp, timeout, done) =>
        cp.exec('trap "exit 6" TERM; echo ready; while :; do sleep 0.01; done', { timeout }, done),
      ([, stdout]) => stdout !== '',
      fails({ code: 6, killed: true, signal: null }),
    );
    sameResult(
      'not what has ended',
      (cp, done) => cp.exec('echo a', { timeout: 60_000 }, done),
      succeeds('a\n'),
    );
  });

  sameScript(
    'need no callback',
    `for (const child of [cp.exec('exit 3'), cp.execFile('/bin/sh', ['-c', 'exit 4']), cp.execFile('/no/such')])
       child.on('close', (...args) => console.log(child.spawnfile, ...args));`,
    ({ stdout, code }) => {
      expect(code).to.equal(0);
      expect(stdout.split('\n').sort()).to.deep.equal([
        '',
        '/bin/sh 3 null',
        '/bin/sh 4 null',
        '/no/such -2 null',
      ]);
    },
    { anyOrder: true },
  );
  sameScript(
    'leave an error of the callback uncaught',
    `process.on('uncaughtException', (error, origin) => console.log(origin, error.message));
     cp.exec('true', () => { throw new Error('in the callback'); });
     cp.execFile('/no/such', () => { throw new Error('in the other'); });`,
    ({ stdout }) =>
      expect(stdout.split('\n').sort()).to.deep.equal([
        '',
        'uncaughtException in the callback',
        'uncaughtException in the other',
      ]),
    { anyOrder: true },
  );
  sameScript(
    'call back once, and not before they return',
    `let returned = false; let calls = 0;
     cp.execFile('/no/such', () => { calls += 1; console.log(returned, calls); });
     cp.execFile('/bin/false', () => { calls += 1; console.log(returned); });
     returned = true;
     process.on('exit', () => console.log(calls));`,
    ({ stdout }) => expect(stdout).to.equal('true 1\ntrue\n2\n'),
  );
  sameProgram(
    'exec calls execFile of the module object, which other code may have replaced',
    'exec-asks-module',
    ({ stdout }) => expect(stdout).to.match(/^echo text \[ 'cwd', 'shell' \] null function/),
  );
  sameScript(
    'execFile does not call spawn of the module object',
    `const module = (await import('node:module')).createRequire(import.meta.url)(door);
     module.spawn = () => { console.log('asked'); };
     module.execFile('echo', ['text'], (error, stdout) => console.log(error, stdout));`,
    ({ stdout }) => expect(stdout).to.equal('null text\n\n'),
  );
  same(
    'return a child with its pipes, in the encoding',
    (cp) =>
      new Promise((resolve) => {
        const child = cp.execFile('echo', { encoding: 'latin1' }, () => {});
        const found = [
          child.stdout?.readableEncoding,
          child.stderr?.readableEncoding,
          child.stdin === null,
          child.spawnargs,
        ];
        child.on('close', () => resolve(found));
      }),
    (found) => expect(found).to.deep.equal(['latin1', 'latin1', false, ['echo']]),
  );
});
