import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** By the names of Node: e_machine in the first bytes of an ELF file. */
const MACHINES: Readonly<Record<string, number>> = { x64: 62, arm64: 183 };
const START_SIZE = 64;
const ELF = 0x7f454c46;

/**
 * What is wrong with a native file, or null. Looked at before it is loaded: one that was cut off (a full disk, a copy
 * that was broken off) would end this process by SIGBUS, and of one for another processor libc says "no such file".
 */
export function faultOf(file: string): string | null {
  const fd = openSync(file, 'r');
  try {
    const start = Buffer.alloc(START_SIZE);
    const size = readSync(fd, start, 0, START_SIZE, 0);
    if (size < START_SIZE || start.readUInt32BE(0) !== ELF) return 'is no ELF file';
    if (start.readUInt16LE(18) !== MACHINES[process.arch])
      return `is for another processor than ${process.arch}`;
    return fstatSync(fd).size < endOf(start) ? 'has been cut off' : null;
  } finally {
    closeSync(fd);
  }
}

/** The table of sections stands last: e_shoff, e_shentsize, e_shnum. */
function endOf(start: Buffer): number {
  return Number(start.readBigUInt64LE(40)) + start.readUInt16LE(58) * start.readUInt16LE(60);
}
