import { expect } from 'chai';
import { explain } from 'forkless';
import { seccompRun } from '../support/launchers.js';
import { runProgram } from '../support/program.js';
import { runNodeForValue } from '../support/run-node.js';

const SIGTRAP = 5;

describe('ptrace', function () {
  this.timeout(60_000);
  for (const env of [
    {},
    { FORKLESS_FLAT: 'always' },
    ...['2', '3', '4'].map((rung) => ({ FORKLESS_RUNG: rung })),
  ])
    for (const worker of [false, true])
      it(`stops the program at exec for the thread that made it${worker ? ', a Worker' : ''}, with ${JSON.stringify(env)}`, async () => {
        const told = await runProgram(import.meta.url, 'traced', { worker }, { env, deadlineMs: 30_000 });
        const traced = [{ traced: true, signal: SIGTRAP, code: 7 }];
        const without = [{ traced: false, signal: 0, code: 7 }];
        expect(told).to.deep.equal({
          posixSpawn: traced,
          'posixSpawn, a session': traced,
          'posixSpawn, without': without,
          spawn: traced,
          'spawn, without': without,
          killed: [{ code: null, signal: 'SIGKILL' }],
          missing: [{ code: 'ENOENT', step: 'execve' }],
        });
      });

  it('is refused where a filter forbids it, with the name of the step', async () => {
    const source = `
      import { posixSpawn } from 'forkless';
      try { await posixSpawn('/bin/true', ['true'], { ptrace: true }); } catch ({ code, step, syscall }) { say({ code, step, syscall }); }`;
    expect(await runNodeForValue(source, { launcher: seccompRun('ptrace=EPERM') })).to.deep.equal({
      code: 'EPERM',
      step: 'ptrace',
      syscall: 'ptrace',
    });
  });

  it('is the last step before exec', () => {
    expect(explain('/x', ['x'], { ptrace: true, chroot: '/' }).split('\n').slice(3, 6)).to.deep.equal([
      '4. chroot "/"',
      '5. ptrace',
      '6. execve "/x"',
    ]);
  });
});
