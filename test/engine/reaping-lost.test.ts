import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { posixSpawn } from 'forkless';
import { helper } from '../support/paths.js';
import { probeArgv, probePath } from '../support/probe.js';
import { stateOf } from '../support/proc.js';
import { runNodeForValue } from '../support/run-node.js';
import { until } from '../support/until.js';
import { kernelTells, lanes } from './reaping-outcomes.js';

describe('a child that dies before exec and that somebody else reaps', () => {
  it('is a failed start: the step it was in tells that it had not begun', async () => {
    const { found, taken } = await runNodeForValue<{
      found: Record<string, unknown>[];
      taken: { pid: number }[];
    }>(`
      import { FileActions, posixSpawn } from 'forkless';
      const fileActions = new FileActions().addOpen(5, makeFifo(), 'r');
      meddle.startReaper(true);
      const found = [];
      for (let i = 0; i < 100; i++) {
        const started = posixSpawn('/bin/true', ['true'], { fileActions });
        const ended = started.then(() => ({ code: 'none' }), (error) => ({ ...error }));
        process.kill(await until('a child is stuck', () => stuckChildren()[0]), 'SIGKILL');
        found.push(await ended);
      }
      say({ found, taken: meddle.stopReaper() });`);
    expect(found).to.have.length(100);
    for (const error of found) {
      expect(error).to.include({ code: 'ERR_CHILD_DIED', step: 'open', actionIndex: 0 });
      if (kernelTells) expect(error).to.include({ signal: 'SIGKILL' });
    }
    expect(taken.length).to.be.greaterThan(0);
  });

  for (const start of ['posixSpawn', 'posixSpawnSync']) {
    it(`is lost to ${start}, or dead, and no success, where it was killed in the middle of execve`, async () => {
      const { found, taken } = await runNodeForValue<{ found: Record<string, unknown>[]; taken: object[] }>(`
        import { ${start} as start } from 'forkless';
        meddle.installSeccomp('execve=KILL', false);
        meddle.startReaper(true);
        const attempt = async () => start('/bin/true', ['true']);
        const errors = Array.from({ length: 300 }, () => attempt().then(() => ({ code: 'none' }), (error) => ({ ...error })));
        const found = await Promise.all(errors);
        say({ found, taken: meddle.stopReaper() });`);
      expect(found).to.have.length(300);
      for (const error of found) {
        expect(error['code']).to.be.oneOf(['ERR_CHILD_LOST', 'ERR_CHILD_DIED']);
        expect(error).to.include({ step: 'execve', path: '/bin/true' });
        if (kernelTells) expect(error).to.include({ signal: 'SIGSYS' });
      }
      const lost = found.filter(({ code }) => code === 'ERR_CHILD_LOST');
      expect(taken.length, 'those that the thread took').to.be.at.least(lost.length).and.greaterThan(0);
    });
  }

  it('is never called a success, nor a failure that it was not, if it is killed by itself right after exec', async () => {
    const { found } = await runNodeForValue<{ found: string[] }>(`${lanes}
      meddle.startReaper(true);
      const found = await outcomes(300, () => outcome(posixSpawn, probePath, probeArgv('kill', 9)));
      meddle.stopReaper();
      say({ found });`);
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
