import { closeSync, fstatSync, openSync } from 'node:fs';
import { expect } from 'chai';
import type { Process } from 'forkless';
import { posixSpawn } from 'forkless';
import { meddle } from '../support/meddle.js';
import { probeArgv, probePath } from '../support/probe.js';
import { isGone, openDescriptors, stateOf } from '../support/proc.js';
import { runProgram } from '../support/program.js';
import { slowness } from '../support/slowness.js';

const block = () => posixSpawn(probePath, probeArgv('block'));

/**
 * A child whose pidfd has this number, which is free. Node may close a lower descriptor meanwhile, whose number the
 * first child gets then.
 */
async function blockWithPidfd(number: number): Promise<Process> {
  const others: Process[] = [];
  try {
    for (let attempt = 0; attempt < 5; attempt++) {
      const child = await block();
      if (child.pidfd === number) return child;
      others.push(child);
    }
    throw new Error(`no pidfd got the number ${number}, but ${others.map(({ pidfd }) => pidfd)}`);
  } finally {
    for (const child of others) {
      child.kill('SIGKILL');
      await child.exited;
    }
  }
}

// A mistake of other code: it closes the number, and the next descriptor stands on it.
describe('a pidfd that other code has closed', () => {
  it('reaches its child all the same, and not the one whose pidfd has its number now', async () => {
    const child = await block();
    const number = child.pidfd;
    closeSync(number);
    const victim = await blockWithPidfd(number);
    expect(child.kill('SIGTERM')).to.equal(true);
    expect(await child.exited).to.include({ signal: 'SIGTERM', code: null, reapedElsewhere: false });
    expect(stateOf(victim.pid)).to.be.oneOf(['S', 'R']);
    expect(child.kill('SIGTERM')).to.equal(false);
    expect(openDescriptors().get(number), 'it is not closed with the child').to.include('pidfd');
    victim.kill('SIGKILL');
    expect(await victim.exited).to.include({ signal: 'SIGKILL', reapedElsewhere: false });
    expect(openDescriptors().get(number)).not.to.match(/pidfd/);
  });

  it('tells of the end of both, though nobody asks', async () => {
    const child = await posixSpawn(probePath, probeArgv('block'));
    const number = child.pidfd;
    closeSync(number);
    const victim = await blockWithPidfd(number);
    process.kill(child.pid, 'SIGTERM');
    expect(await child.exited).to.include({ signal: 'SIGTERM', reapedElsewhere: false });
    expect(isGone(child.pid)).to.equal(true);
    expect(victim.kill(0)).to.equal(true);
    process.kill(victim.pid, 'SIGUSR1');
    expect(await victim.exited).to.include({ signal: 'SIGUSR1', reapedElsewhere: false });
  });

  it('tells of the end of a child that has got another under the same number', async () => {
    const child = await block();
    const number = child.pidfd;
    const fillers: number[] = [];
    do fillers.push(openSync('/dev/null', 'r'));
    while (Number(fillers.at(-1)) < number);
    closeSync(number);
    expect(child.kill(0)).to.equal(true);
    for (const filler of fillers) closeSync(filler);
    expect(openDescriptors().get(number) ?? 'closed', 'it is opened again').to.include('pidfd');
    process.kill(child.pid, 'SIGTERM');
    expect(await child.exited).to.include({ signal: 'SIGTERM', reapedElsewhere: false });
  });

  it('is not needed, and what stands in its place is not closed', async () => {
    const child = await block();
    const number = child.pidfd;
    const file = openSync('/dev/null', 'r');
    meddle.dup2(file, number);
    try {
      expect(child.kill(0)).to.equal(true);
      expect(child.kill('SIGKILL')).to.equal(true);
      expect(await child.exited).to.include({ signal: 'SIGKILL', reapedElsewhere: false });
      expect(fstatSync(number).isCharacterDevice()).to.equal(true);
    } finally {
      closeSync(file);
      closeSync(number);
    }
  });

  // The engine has reaped it then: this program alone has not been told, because it has not come back to its loop.
  it('is not closed in the place of another file, once its child has ended', async () => {
    const child = await block();
    const number = child.pidfd;
    child.kill('SIGKILL');
    const late = Date.now() + 10_000 * slowness;
    while (!isGone(child.pid) && Date.now() < late);
    expect(isGone(child.pid)).to.equal(true);
    const file = openSync('/dev/null', 'r');
    meddle.dup2(file, number);
    try {
      expect(await child.exited).to.include({ signal: 'SIGKILL', reapedElsewhere: false });
      expect(fstatSync(number).isCharacterDevice()).to.equal(true);
    } finally {
      closeSync(file);
      closeSync(number);
    }
  });

  // As before Linux 6.9, where all pidfds are one inode, and where filters know no statx or no pidfd_open.
  for (const rules of ['statx=ENOSYS', 'statx=EPERM', 'pidfd_open=ENOSYS', 'statx=ENOSYS pidfd_open=EPERM'])
    it(`leads to no other child either where ${rules.replaceAll('=', ' is ')}`, async () => {
      const seen = await runProgram(import.meta.url, 'pidfd-reused', { rules });
      expect(seen).to.deep.equal({ same: true, ends: ['SIGTERM', 'SIGKILL'], alive: true, left: 0 });
    });
});
