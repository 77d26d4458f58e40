import { expect } from 'chai';
import { stateOf } from '../support/proc.js';
import { until } from '../support/until.js';
import { runScript, same, sameProgram, sameScript } from './oracle.js';

const sleeper = `cp.spawn('sleep', ['30'], { stdio: 'ignore' })`;
/** Whoever waits for the child would wait 30 seconds. */
const soon = { deadlineMs: 25_000 };

describe('a parent', () => {
  sameScript(
    'lives as long as a child',
    `cp.spawn('sleep', ['0.1'], { stdio: 'ignore' }).on('exit', () => console.log('exit'));`,
    ({ stdout }) => expect(stdout).to.equal('exit\n'),
  );
  sameScript(
    'lives as long as a child that has no listener',
    `const child = cp.spawn('sleep', ['0.1'], { stdio: 'ignore' }); process.on('exit', () => console.log(child.exitCode));`,
    ({ stdout }) => expect(stdout).to.equal('0\n'),
  );
  for (const [what, script, said] of [
    [
      'ends before a child that is unreferenced',
      `const child = ${sleeper}; child.unref(); process.on('exit', () => { console.log(child.exitCode); child.kill(); });`,
      'null\n',
    ],
    [
      'waits for one that is referenced again',
      `const child = cp.spawn('sleep', ['0.1'], { stdio: 'ignore' }); child.unref(); child.ref(); process.on('exit', () => console.log(child.exitCode));`,
      '0\n',
    ],
    [
      'counts no reference twice',
      `const child = ${sleeper}; child.ref(); child.ref(); child.unref(); process.on('exit', () => { console.log(child.exitCode); child.kill(); });`,
      'null\n',
    ],
    [
      'is held by the pipes of an unreferenced child',
      `const child = cp.spawn('sleep', ['0.1']); child.unref(); process.on('exit', () => console.log('after'));`,
      'after\n',
    ],
    [
      'is not held when the pipes are unreferenced too',
      `const child = cp.spawn('sleep', ['30']); child.unref(); for (const stream of child.stdio) stream.unref(); process.on('exit', () => { console.log('after', child.exitCode); child.kill(); });`,
      'after null\n',
    ],
    [
      'may call ref and unref after the end',
      `const child = cp.spawn('/bin/true'); child.on('close', () => { child.unref(); child.ref(); child.unref(); console.log(child.ref(), child.unref()); });`,
      'undefined undefined\n',
    ],
    [
      'may call ref and unref of one that is missing',
      `const child = cp.spawn('/no/such'); child.unref(); child.ref(); child.on('error', () => { child.unref(); console.log('error'); });`,
      'error\n',
    ],
    [
      'sees through the handle whether it is referenced',
      `const child = ${sleeper}; const seen = [child._handle.hasRef()]; child.unref(); seen.push(child._handle.hasRef()); child.ref(); seen.push(child._handle.hasRef()); child.kill(); console.log(seen.join()); child.on('exit', () => console.log(child._handle));`,
      'true,false,true\nnull\n',
    ],
    [
      'that unreferences in the listener of spawn',
      `const child = ${sleeper}; child.on('spawn', () => child.unref()); process.on('exit', () => { console.log('after'); child.kill(); });`,
      'after\n',
    ],
    [
      'hears an unreferenced child while something else holds it',
      `const child = cp.spawn('/bin/true', { stdio: 'ignore' }); child.unref(); const timer = setInterval(() => {}, 10); child.on('exit', (code) => { clearInterval(timer); console.log(code); });`,
      '0\n',
    ],
  ] as const)
    sameScript(what, script, ({ stdout, code }) => expect([stdout, code]).to.deep.equal([said, 0]), soon);

  for (const [what, script] of [
    ['process.exit()', 'process.exit(3);'],
    ['process.exit() in a listener', "child.on('spawn', () => process.exit(3));"],
    [
      'process.exit() of a child that has just ended',
      "cp.spawn('/bin/true').on('exit', () => process.exit(3));",
    ],
    ['process.reallyExit()', 'process.reallyExit(3);'],
    ['an uncaught error', "process.on('uncaughtException', () => process.exit(3)); throw new Error('x');"],
    ['process.exit() at the beforeExit', "child.unref(); process.on('beforeExit', () => process.exit(3));"],
  ] as const)
    same(
      `that ends by ${what} leaves its child running`,
      async (cp) => {
        const { code, stdout } = await runScript(
          cp,
          `import { writeSync } from 'node:fs'; const child = ${sleeper}; writeSync(1, child.pid + ' '); ${script}`,
          soon,
        );
        const pid = Number(stdout.split(' ')[0]);
        const alive = isAlive(pid);
        process.kill(pid);
        await until('the orphan has ended', () => !isAlive(pid));
        return { code, alive };
      },
      (observed) => expect(observed).to.deep.equal({ code: 3, alive: true }),
    );
  for (const signal of ['SIGKILL', 'SIGTERM', 'SIGABRT'] as const)
    same(
      `that is ended by ${signal} leaves its child running`,
      async (cp) => {
        const result = await runScript(
          cp,
          `import { writeSync } from 'node:fs'; const child = ${sleeper}; writeSync(1, child.pid + ' '); process.kill(process.pid, '${signal}'); setTimeout(() => {}, 5000);`,
          soon,
        );
        const pid = Number(result.stdout.split(' ')[0]);
        const alive = isAlive(pid);
        process.kill(pid);
        await until('the orphan has ended', () => !isAlive(pid));
        return { signal: result.signal, alive };
      },
      (observed) => expect(observed).to.deep.equal({ signal, alive: true }),
    );

  sameScript(
    'may set its ids after it has started a child',
    `const child = cp.spawn('/bin/true');
     child.on('exit', () => {
       process.setgroups([]); process.setgid(65534); process.setuid(65534);
       cp.spawn('/usr/bin/id', ['-u'], { stdio: ['ignore', 'inherit', 'inherit'] }).on('exit', (code) => console.log(code, process.getuid()));
     });`,
    ({ stdout }) => expect(stdout).to.equal('65534\n0 65534\n'),
    soon,
  );
  sameScript(
    'may call the functions at its very end',
    `process.on('exit', () => { const child = cp.spawn('/bin/sh', ['-c', 'echo late >&2'], { stdio: ['ignore', 'inherit', 'inherit'] }); console.log(typeof child.pid); });`,
    ({ stdout }) => expect(stdout).to.equal('number\n'),
  );
  sameScript(
    'that starts no child ends as it would without the module',
    'console.log(typeof cp.spawn);',
    ({ stdout, stderr }) => expect([stdout, stderr]).to.deep.equal(['function\n', '']),
  );
});

describe('in a Worker', () => {
  sameProgram(
    'a child has all its events',
    'in-worker',
    ({ stdout }) => expect(stdout).to.equal('spawn\ntext\n\nexit,3,\nclose,3,\nworker 0\n'),
    { parameters: { name: 'events-in-worker' } },
  );
  sameProgram(
    'a missing program is an event',
    'in-worker',
    ({ stdout }) => expect(stdout).to.match(/^spawn \/no\/such ENOENT\na\n\nworker 0\n/),
    { parameters: { name: 'missing-in-worker' } },
  );
  sameProgram(
    'the environment is that of the Worker',
    'in-worker',
    ({ stdout }) => expect(stdout).to.match(/^yes\n/),
    { parameters: { name: 'environment-of-worker' } },
  );
  sameProgram(
    'that is terminated a child lives on',
    'worker-terminated',
    ({ stdout, code }) => expect([stdout, code]).to.deep.equal(['terminated 1\nalive\n', 0]),
    soon,
  );
  sameProgram(
    'that exits by itself a child lives on',
    'worker-exits',
    ({ stdout, code }) => expect([stdout, code]).to.deep.equal(['4\n', 0]),
    soon,
  );
  sameProgram(
    'and in others at the same time children start, while some of them are terminated',
    'workers-terminated',
    ({ stdout, code }) => expect([stdout, code]).to.deep.equal(['0\n', 0]),
    soon,
  );
});

/** Whoever has adopted it may be slow to reap it. */
function isAlive(pid: number): boolean {
  return ![undefined, 'Z', 'X'].includes(stateOf(pid));
}
