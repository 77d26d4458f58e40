import { closeSync, readSync, writeSync } from 'node:fs';
import { expect } from 'chai';
import { getCloexec, openPipe, openSocketPair, setCloexec } from 'forkless';
import { HIGH, lowestFree, tableWith } from '../support/descriptor-table.js';
import { openDescriptors } from '../support/proc.js';

describe('low-level descriptors', () => {
  const pairs = { openPipe, openSocketPair };
  for (const [name, open] of Object.entries(pairs)) {
    it(`${name} gives two numbers, close-on-exec from birth, that no child sees`, async () => {
      const free = lowestFree(2);
      const pair = open();
      try {
        expect(pair).to.deep.equal(free);
        expect(pair.map(getCloexec)).to.deep.equal([true, true]);
        const table = await tableWith();
        expect(pair.filter((fd) => table.has(fd))).to.deep.equal([]);
      } finally {
        for (const fd of pair) closeSync(fd);
      }
    });
  }

  it('openPipe carries bytes from its second number to its first, and blocks as pipes do', () => {
    const [readFd, writeFd] = openPipe();
    const buffer = Buffer.alloc(8);
    writeSync(writeFd, 'abc');
    expect(readSync(readFd, buffer)).to.equal(3);
    expect(() => readSync(writeFd, buffer)).to.throw(/EBADF/);
    closeSync(writeFd);
    expect(readSync(readFd, buffer)).to.equal(0);
    closeSync(readFd);
  });

  it('openSocketPair carries bytes both ways', () => {
    const [one, other] = openSocketPair();
    const buffer = Buffer.alloc(8);
    writeSync(one, 'to');
    writeSync(other, 'fro');
    expect([readSync(other, buffer), readSync(one, buffer)]).to.deep.equal([2, 3]);
    closeSync(one);
    expect(readSync(other, buffer)).to.equal(0);
    closeSync(other);
    expect(openDescriptors().has(one)).to.equal(false);
  });

  it('setCloexec sets and clears, once and again, and a child sees it', async () => {
    const [readFd, writeFd] = openPipe();
    try {
      for (const on of [false, false, true, true, false]) {
        setCloexec(readFd, on);
        expect(getCloexec(readFd)).to.equal(on);
        const table = await tableWith();
        expect([table.has(readFd), table.has(writeFd)]).to.deep.equal([!on, false]);
      }
    } finally {
      closeSync(readFd);
      closeSync(writeFd);
    }
  });

  const calls = {
    getCloexec: (fd: number) => getCloexec(fd),
    setCloexec: (fd: number) => setCloexec(fd, true),
  };
  for (const [name, call] of Object.entries(calls))
    it(`${name} of a closed number is EBADF, in the shape of Node’s own errors`, () => {
      for (const fd of [HIGH, 0x7fffffff])
        expect(() => call(fd))
          .to.throw(Error, 'EBADF: bad file descriptor, fcntl')
          .that.deep.includes({ code: 'EBADF', errno: -9, syscall: 'fcntl', fd });
    });
});
