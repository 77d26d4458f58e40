import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { posixSpawn } from 'forkless';
import { helper } from '../support/paths.js';
import { probeArgv, probePath } from '../support/probe.js';
import { stateOf } from '../support/proc.js';
import { runProgram } from '../support/program.js';
import { until } from '../support/until.js';
import { kernelTells } from './reaping-outcomes.js';

describe('a child that other code reaps', () => {
  it('is a failed start if it died before exec: the step it was in tells that the program had not begun', async () => {
    const { found, reapedByThread } = await run({ scenario: 'killedBeforeExec' });
    expect(found).to.have.length(100);
    for (const error of found) {
      expect(error).to.include({ code: 'ERR_CHILD_DIED', step: 'open', actionIndex: 0 });
      if (kernelTells) expect(error).to.include({ signal: 'SIGKILL' });
    }
    expect(reapedByThread.length).to.be.greaterThan(0);
  });

  for (const start of ['posixSpawn', 'posixSpawnSync']) {
    it(`is lost or dead to ${start}, and no success, if it was killed in the middle of execve`, async () => {
      const { found, reapedByThread } = await run({ scenario: 'killedInExec', door: start });
      expect(found).to.have.length(300);
      for (const error of found) {
        expect(error['code']).to.be.oneOf(['ERR_CHILD_LOST', 'ERR_CHILD_DIED']);
        expect(error).to.include({ step: 'execve', path: '/bin/true' });
        if (kernelTells) expect(error).to.include({ signal: 'SIGSYS' });
      }
      const lost = found.filter(({ code }) => code === 'ERR_CHILD_LOST');
      expect(reapedByThread.length, 'those that the thread took')
        .to.be.at.least(lost.length)
        .and.greaterThan(0);
    });
  }

  it('is neither a success nor another failure if it kills itself right after exec', async () => {
    const { found } = await run<string>({ scenario: 'killedAfterExec' });
    for (const outcome of found)
      expect(outcome).to.be.oneOf(['SIGKILL', 'ERR_CHILD_LOST', ...(kernelTells ? [] : ['unknown'])]);
  });
});

describe('a child that is dead and held back by its tracer', () => {
  it('cannot be signalled any more, and is reaped when the tracer lets go', async function () {
    const child = await posixSpawn(probePath, probeArgv('block'));
    const tracer = spawn(helper('trace-hold'), [String(child.pid)], { stdio: ['pipe', 'pipe', 'inherit'] });
    const closed = once(tracer, 'close');
    try {
      await Promise.race([once(tracer.stdout, 'data'), closed]);
      if (tracer.exitCode !== null) return this.skip(); // tracing is forbidden here
      expect(child.kill('SIGKILL')).to.equal(true);
      await until('the child is dead', () => stateOf(child.pid) === 'Z');
      expect(child.kill('SIGKILL')).to.equal(false);
      expect(child.kill(0)).to.equal(false);
    } finally {
      child.kill('SIGKILL');
      tracer.stdin.end();
      await closed;
      await child.exited;
    }
    expect(await child.exited).to.include({ code: null, signal: 'SIGKILL', reapedElsewhere: false });
    expect(child.pidfd).to.equal(-1);
  });
});

/** With a thread that waits for all there is, failed starts too. */
function run<T = Record<string, unknown>>(
  parameters: object,
): Promise<{ found: T[]; reapedByThread: object[] }> {
  return runProgram(import.meta.url, 'reaping', { reaper: 'all', ...parameters });
}
