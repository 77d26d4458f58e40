import { expect } from 'chai';
import { runNodeForValue } from '../support/run-node.js';

// A test runner that loads modules anew, or two bundles in one program: two copies of the library over one binary.
describe('two copies of the library in one program', () => {
  it('hear each of their own children', async () => {
    const ends = await runNodeForValue<unknown[]>(`
      import { cpSync, rmSync } from 'node:fs';
      import { posixSpawn } from 'forkless';
      const copy = new URL('../../../dist-copy-' + process.pid + '/', import.meta.url);
      cpSync(new URL('../../../dist', import.meta.url), copy, { recursive: true });
      try {
        const other = await import(copy.href + 'index.js');
        const starts = Array.from({ length: 40 }, (_, i) => (i % 2 ? posixSpawn : other.posixSpawn)('/bin/sh', ['sh', '-c', 'exit ' + i]));
        const processes = await Promise.all(starts);
        say((await Promise.all(processes.map(({ exited }) => exited))).map(({ code }) => code));
      } finally {
        rmSync(copy, { recursive: true });
      }
    `);
    expect(ends).to.deep.equal(Array.from({ length: 40 }, (_, index) => index));
  });
});

describe('a program that closes a descriptor of the library', () => {
  it('still hears of the children that run, and of new ones', async () => {
    const codes = await runNodeForValue<unknown[]>(`
      import { closeSync, openSync, constants } from 'node:fs';
      import { FileActions, openPipe, posixSpawn } from 'forkless';
      const before = openDescriptors();
      const [readEnd, writeEnd] = openPipe();
      const older = await posixSpawn('/bin/sh', ['sh', '-c', 'read line; exit 7'], { fds: [readEnd] });
      const [epoll] = [...openDescriptors()].filter(([fd, target]) => !before.has(fd) && target.includes('eventpoll')).map(([fd]) => fd);
      closeSync(epoll);
      const newer = await posixSpawn('/bin/sh', ['sh', '-c', 'exit 8']);
      const ended = await newer.exited;
      closeSync(readEnd);
      closeSync(writeEnd);
      say([(await older.exited).code, ended.code]);
    `);
    expect(codes).to.deep.equal([7, 8]);
  });
});
