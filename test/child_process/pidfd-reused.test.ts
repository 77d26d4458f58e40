import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import { expect } from 'chai';
import type { MoreOfChild } from 'forkless/child_process';
import { spawn } from 'forkless/child_process';
import { stateOf } from '../support/proc.js';

const sleep = () => spawn('sleep', ['60'], { stdio: 'ignore' }) as ChildProcess & MoreOfChild;

describe('a pidfd of the drop-in that other code has closed', () => {
  it("does not disturb kill() and 'exit', which reach no other child", async () => {
    const child = sleep();
    const number = child.pidfd;
    closeSync(number);
    const victim = sleep();
    expect(victim.pidfd, 'the number is used again').to.equal(number);
    const ended = once(child, 'exit');
    expect(child.kill()).to.equal(true);
    expect(await ended).to.deep.equal([null, 'SIGTERM']);
    expect(stateOf(victim.pid as number)).to.be.oneOf(['S', 'R']);
    expect(child.kill()).to.equal(false);
    const last = once(victim, 'exit');
    expect(victim.kill('SIGKILL')).to.equal(true);
    expect(await last).to.deep.equal([null, 'SIGKILL']);
  });

  it("does not hide the end: 'exit' comes all the same", async () => {
    const child = sleep();
    closeSync(child.pidfd);
    const victim = sleep();
    process.kill(child.pid as number, 'SIGUSR2');
    expect(await once(child, 'exit')).to.deep.equal([null, 'SIGUSR2']);
    const last = once(victim, 'exit');
    victim.kill();
    expect(await last).to.deep.equal([null, 'SIGTERM']);
  });
});
