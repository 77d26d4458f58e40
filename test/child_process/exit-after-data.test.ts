import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { expect } from 'chai';
import { hasEnded } from '../support/proc.js';
import { makeFifo } from '../support/temp.js';
import { closed, gather } from './event-log.js';
import { ours } from './oracle.js';

describe("'exit' never comes before data that was written before", () => {
  // Not compared: where one ends while the loop already reaps another, Node is too early.
  it('of hundreds of children that write right before they exit, on ours', async () => {
    let early = 0;
    for (let round = 0; round < 20; round += 1)
      await Promise.all(
        Array.from({ length: 20 }, async () => {
          const child = ours.spawn('/bin/echo', ['text'], { stdio: ['ignore', 'pipe', 'inherit'] });
          const said = gather(child.stdout);
          child.on('exit', () => {
            if (said() !== 'text\n') early += 1;
          });
          await closed(child);
        }),
      );
    expect(early).to.equal(0);
  });

  it('of one that writes and ends while the loop already hears of another, on ours', async () => {
    const [early, late] = [commanded(), commanded()];
    let saidAtExit: string | undefined;
    late.child.on('exit', () => {
      saidAtExit = late.said();
    });
    // When both streams are watched, the data of the first and then its end are made ready for one look of the loop.
    for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
    early.child.stdout?.on('data', late.go);
    early.go();
    await Promise.all([closed(early.child), closed(late.child)]);
    expect(saidAtExit).to.equal('text\n');
  });

  it('on stderr and on a higher slot, on ours', async () => {
    let early = 0;
    for (let round = 0; round < 40; round += 1) {
      const child = ours.spawn('/bin/sh', ['-c', 'echo err >&2; echo 3 >&3'], {
        stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      });
      const said = gather(child.stderr);
      const slot = child.stdio[3];
      const third = gather(slot && 'read' in slot ? slot : null);
      child.on('exit', () => {
        if (said() !== 'err\n' || third() !== '3\n') early += 1;
      });
      await closed(child);
    }
    expect(early).to.equal(0);
  });

  it('as a message, on ours', async () => {
    let early = 0;
    for (let round = 0; round < 20; round += 1) {
      const child = ours.spawn('/bin/sh', ['-c', `echo '"text"' >&$NODE_CHANNEL_FD`], {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      const messages: unknown[] = [];
      child.on('message', (message) => messages.push(message));
      child.on('exit', () => {
        if (messages[0] !== 'text') early += 1;
      });
      await closed(child);
    }
    expect(early).to.equal(0);
  });

  it('while the loop is busy, on ours', async () => {
    let early = 0;
    const children = Array.from({ length: 30 }, async () => {
      const child = ours.spawn('/bin/echo', ['text'], { stdio: ['ignore', 'pipe', 'inherit'] });
      const said = gather(child.stdout);
      child.on('exit', () => {
        if (said() !== 'text\n') early += 1;
      });
      await closed(child);
    });
    const busy = performance.now() + 100;
    while (performance.now() < busy) Math.sqrt(busy);
    await Promise.all(children);
    expect(early).to.equal(0);
  });
});

/** A child that writes and ends when `go` is called, which returns when it has, without a turn of the loop. */
function commanded(): { child: ChildProcess; said: () => string; go: () => void } {
  const fifo = makeFifo();
  const fd = openSync(fifo, 'r+');
  const child = ours.spawn('/bin/sh', ['-c', `read line <${fifo}; echo text`]);
  const go = (): void => {
    writeSync(fd, '\n');
    while (!hasEnded(child.pid ?? -1)) Math.sqrt(fd);
    const end = performance.now() + 5; // ended is nearly told
    while (performance.now() < end) Math.sqrt(fd);
    closeSync(fd);
  };
  return { child, said: gather(child.stdout), go };
}
