/** ELF files of a few bytes, for what the kernel does with broken ones. Source: elf(5). */

const MACHINES: Readonly<Partial<Record<NodeJS.Architecture, number>>> = { x64: 62, arm64: 183 };
const HEADER = 64;
const ENTRY = 56;
const SHARED_OBJECT = 3;
const LOAD = 1;
const INTERP = 3;

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  readonly memorySize: bigint;
}

/** A program that nothing is wrong with but perhaps its interpreter. */
export function programWithInterpreter(interpreter: string): Buffer {
  const name = Buffer.from(`${interpreter}\0`);
  const offset = HEADER + 2 * ENTRY;
  const size = offset + name.length;
  const head = makeElf([
    { type: INTERP, offset, size: name.length, memorySize: BigInt(name.length) },
    { type: LOAD, offset: 0, size, memorySize: BigInt(size) },
  ]);
  return Buffer.concat([head, name]);
}

/** Looks sound, and asks for more memory than there are addresses: seen only when the old program is gone. */
export function interpreterThatFitsNowhere(): Buffer {
  return makeElf([{ type: LOAD, offset: 0, size: HEADER + ENTRY, memorySize: 1n << 62n }]);
}

function makeElf(segments: readonly Segment[]): Buffer {
  const machine = MACHINES[process.arch];
  if (machine === undefined) throw new Error(`no ELF machine for ${process.arch}`);
  const bytes = Buffer.alloc(HEADER + segments.length * ENTRY);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]); // 64 bits, little-endian, version 1
  bytes.writeUInt16LE(SHARED_OBJECT, 16);
  bytes.writeUInt16LE(machine, 18);
  bytes.writeUInt32LE(1, 20);
  bytes.writeBigUInt64LE(BigInt(HEADER), 32); // the segments follow at once
  bytes.writeUInt16LE(HEADER, 52);
  bytes.writeUInt16LE(ENTRY, 54);
  bytes.writeUInt16LE(segments.length, 56);
  for (const [index, segment] of segments.entries()) {
    const at = HEADER + index * ENTRY;
    bytes.writeUInt32LE(segment.type, at);
    bytes.writeUInt32LE(5, at + 4); // readable, executable
    bytes.writeBigUInt64LE(BigInt(segment.offset), at + 8);
    bytes.writeBigUInt64LE(BigInt(segment.size), at + 32);
    bytes.writeBigUInt64LE(segment.memorySize, at + 40);
    bytes.writeBigUInt64LE(4096n, at + 48);
  }
  return bytes;
}
