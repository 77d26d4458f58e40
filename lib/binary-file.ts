import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** The processors that there are binaries for, by the names of Node, and what e_machine is in those. */
export const MACHINES: Readonly<Record<string, number>> = { x64: 62, arm64: 183 };
/** The first bytes of an ELF file, and of one of 64 bits, little-endian. */
const ELF = 0x7f454c46;
const LITTLE_64 = 0x0201;
const START_SIZE = 64;

/**
 * What is wrong with a native file, or null. Looked at before it is loaded: one that was cut off (a full disk, a copy
 * that was broken off) would end this process by SIGBUS, and of one for another processor libc says "no such file".
 */
export function faultOf(file: string): string | null {
  // Without O_NONBLOCK the open of a FIFO would wait.
  const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const status = fstatSync(fd);
    if (!status.isFile()) return 'is no file';
    const start = Buffer.alloc(START_SIZE);
    const size = readSync(fd, start, 0, START_SIZE, 0);
    if (size < START_SIZE || start.readUInt32BE(0) !== ELF) return 'is no ELF file';
    if (start.readUInt16BE(4) !== LITTLE_64 || start.readUInt16LE(18) !== MACHINES[process.arch])
      return `is for another processor than ${process.arch}`;
    return status.size < endOf(fd, start) ? 'has been cut off' : null;
  } finally {
    closeSync(fd);
  }
}

/** Of the table of sections, which stands last, and of the segments, where that table was taken away. */
function endOf(fd: number, start: Buffer): number {
  const sections = Number(start.readBigUInt64LE(40)) + start.readUInt16LE(58) * start.readUInt16LE(60);
  const segmentSize = start.readUInt16LE(54);
  const segments = Buffer.alloc(segmentSize * start.readUInt16LE(56));
  const offset = Number(start.readBigUInt64LE(32));
  if (readSync(fd, segments, 0, segments.length, offset) < segments.length) return Number.POSITIVE_INFINITY;
  let end = sections;
  for (let at = 0; at < segments.length; at += segmentSize)
    end = Math.max(end, Number(segments.readBigUInt64LE(at + 8) + segments.readBigUInt64LE(at + 32)));
  return end;
}
