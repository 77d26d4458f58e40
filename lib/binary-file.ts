import { builtin } from './builtin.js';
import { arch, MACHINES, platform } from './platform.js';

const { closeSync, constants, existsSync, fstatSync, openSync, readSync } = builtin('node:fs');

/** The first four bytes of an ELF file, and the next two of a 64-bit little-endian one. */
const ELF = 0x7f454c46;
const LITTLE_64 = 0x0201;
const START_SIZE = 64;

/** The binary of a clone that was built, or the one that the package brings for this machine; undefined: neither is there. */
export function findBinary(folder: string): string | undefined {
  if (process.env['FORKLESS_PREBUILD']) return undefined; // node-gyp-build searches there
  const places = [`${folder}/build/Release`, `${folder}/prebuilds/${platform}-${arch}`];
  return places.map((place) => `${place}/forkless.node`).find((file) => existsSync(file));
}

/**
 * What is wrong with a native file, or null. Checked before the file is loaded: loading a truncated file (full disk,
 * interrupted copy) would kill this process with SIGBUS, and for a file of another processor the C library reports "no
 * such file".
 */
export function elfError(file: string): string | null {
  // Without O_NONBLOCK opening a FIFO would block.
  const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const status = fstatSync(fd);
    if (!status.isFile()) return 'is no file';
    const start = Buffer.alloc(START_SIZE);
    const size = readSync(fd, start, 0, START_SIZE, 0);
    if (size < START_SIZE || start.readUInt32BE(0) !== ELF) return 'is no ELF file';
    if (start.readUInt16BE(4) !== LITTLE_64 || start.readUInt16LE(18) !== MACHINES[arch])
      return `is for another processor than ${arch}`;
    return status.size < endOf(fd, start) ? 'has been cut off' : null;
  } finally {
    closeSync(fd);
  }
}

/** The end of the section table, which is last in the file, or of the last segment if the table was stripped. */
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
