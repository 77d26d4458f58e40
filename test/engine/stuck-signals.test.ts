import { expect } from 'chai';
import { posixSpawn } from 'forkless';
import { isStuckBeforeExec, statusField } from '../support/proc.js';
import { stuckOn, untilStuck } from '../support/stuck.js';
import { makeFifo } from '../support/temp.js';

// libc keeps 32 and 33 to itself: its functions that block signals leave them open, and their handlers are the parent's.
for (const signal of [32, 33, 10, 15, 64])
  it(`signal ${signal} waits until a child is past exec`, async () => {
    const starting = posixSpawn('/bin/true', ['true'], stuckOn(makeFifo()));
    const failed = starting.then(
      () => 'started',
      (error) => error,
    );
    const [pid = 0] = await untilStuck(1);
    process.kill(pid, signal);
    const pending = BigInt(`0x${statusField('ShdPnd', pid)}`);
    expect((pending >> BigInt(signal - 1)) & 1n).to.equal(1n);
    expect(isStuckBeforeExec(pid)).to.equal(true);
    process.kill(pid, 'SIGKILL');
    expect(await failed).to.include({ code: 'ERR_CHILD_DIED', signal: 'SIGKILL', step: 'open' });
  });
