import { outOfRange } from '../validate.js';
import type { Place } from './stand-ins.js';
import { placeOf } from './stand-ins.js';
import type { StepWriter } from './steps.js';
import { highestNamed, writeStep } from './steps.js';
import type { Bytes, Plan, StandIns, Step } from './vocabulary.js';

/**
 * Writes a plan as the bytes that csrc/core/plan.h describes; only this file knows offsets. All parts are in one block:
 * head, steps, the steps' data, strings. The head and the steps are 32-bit words.
 */
export const LAYOUT_VERSION = 5;

const MAGIC = 0x4c504b46;
const FLAG_ENVIRON = 1;
const FLAG_SIGMASK = 2;
const FLAG_PRIVATE_MEMORY = 4;
const FLAG_SHELL_SCRIPTS = 8;
const FLAG_ONLY_NAMED = 16;
const FLAG_MAIN_PARENT = 32;
const FLAG_OWN_MEMORY = 64;

/** Word offsets of the head. */
const HEAD = {
  magic: 0,
  layout: 1,
  size: 2,
  stepCount: 3,
  firstExec: 4,
  data: 5,
  argv: 6,
  argc: 7,
  env: 8,
  envc: 9,
  highestFd: 10,
  flags: 11,
  sigdefault: 12,
  sigignore: 14,
  sigmask: 16,
} as const;
/** Offsets are 32-bit numbers. Far more than any kernel accepts as argv and env (E2BIG). */
const LONGEST_PLAN = 0x3fffffff;

/** Bytes of the block. A block that has grown beyond `MAX_KEPT_SIZE` is replaced by a small one at the next plan. */
const FIRST_SIZE = 16384;
const MAX_KEPT_SIZE = 1 << 20;

const HEAD_WORDS = 18;
/** Word offsets of a step. */
const STEP = { op: 0, fd: 1, arg: 2, arg2: 3, data: 4 } as const;
const STEP_WORDS = 5;

export interface EncodedPlan {
  /** Valid until the next call of `encode`: the block is used again. */
  readonly bytes: Uint8Array;
  readonly size: number;
}

export function encode(plan: Plan): EncodedPlan {
  if (bytes.length > MAX_KEPT_SIZE) useBlock(FIRST_SIZE);
  const stepCount = plan.steps.length;
  const { highestFd, firstExec, ownMemory } = writeSteps(plan.steps, plan.standIns ?? null);
  const argv = writeStrings(plan.argv);
  const own = plan.env === 'environ' ? [] : plan.env;
  const env = writeStrings(own);

  words[HEAD.magic] = MAGIC;
  words[HEAD.layout] = LAYOUT_VERSION;
  words[HEAD.size] = end;
  words[HEAD.stepCount] = stepCount;
  words[HEAD.firstExec] = firstExec;
  words[HEAD.data] = (HEAD_WORDS + stepCount * STEP_WORDS) * 4;
  words[HEAD.argv] = argv;
  words[HEAD.argc] = plan.argv.length;
  words[HEAD.env] = env;
  words[HEAD.envc] = own.length;
  words[HEAD.highestFd] = highestFd;
  words[HEAD.flags] =
    (plan.env === 'environ' ? FLAG_ENVIRON : 0) |
    (plan.sigmask === null ? 0 : FLAG_SIGMASK) |
    (plan.privateMemory ? FLAG_PRIVATE_MEMORY : 0) |
    (plan.shellScripts ? FLAG_SHELL_SCRIPTS : 0) |
    (plan.onlyNamed ? FLAG_ONLY_NAMED : 0) |
    (plan.mainParent ? FLAG_MAIN_PARENT : 0) |
    (ownMemory ? FLAG_OWN_MEMORY : 0);
  writeSet(HEAD.sigdefault, plan.sigdefault);
  writeSet(HEAD.sigignore, plan.sigignore);
  writeSet(HEAD.sigmask, plan.sigmask ?? 0n);
  return { bytes, size: end };
}

/** One block, grown as needed and used for every plan: the engine copies it before `start` returns. */
let bytes: Buffer;
let words: Uint32Array;
let end = 0;
useBlock(FIRST_SIZE);

function useBlock(size: number): void {
  bytes = Buffer.from(new ArrayBuffer(size));
  words = new Uint32Array(bytes.buffer);
}

/** A list of steps as written: the steps and their data, without the head. */
interface Image {
  readonly bytes: Uint8Array;
  readonly highestFd: number;
  readonly firstExec: number;
  /** One of them is `own-memory`. */
  readonly ownMemory: boolean;
  /** The words that are stand-ins for numbers. */
  readonly places: readonly WordPlace[];
}

interface WordPlace extends Place {
  /** An offset from the first step, in words. */
  readonly word: number;
}

/** Of frozen lists only: those are used again and cannot change. */
const images = new WeakMap<readonly Step[], Image>();

/** Also sets `end`, the offset of the next byte. */
function writeSteps(steps: readonly Step[], standIns: StandIns | null): Omit<Image, 'bytes' | 'places'> {
  const known = images.get(steps);
  if (known !== undefined) {
    reserve(HEAD_WORDS * 4 + known.bytes.length);
    bytes.set(known.bytes, HEAD_WORDS * 4);
    end = HEAD_WORDS * 4 + known.bytes.length;
  }
  const image = known ?? writeEachStep(steps, standIns);
  if (standIns === null) return image;
  const { numbers } = standIns;
  for (const { word, index, difference } of image.places)
    words[HEAD_WORDS + word] = (numbers[index] as number) + difference;
  return { ...image, highestFd: numbers[numbers.length - 1] as number };
}

function writeEachStep(steps: readonly Step[], standIns: StandIns | null): Image {
  end = (HEAD_WORDS + steps.length * STEP_WORDS) * 4;
  reserve(end);
  let highestFd = -1;
  let firstExec = steps.length;
  let ownMemory = false;
  for (const [index, step] of steps.entries()) {
    if (step.op === 'execve') firstExec = Math.min(firstExec, index);
    ownMemory ||= step.op === 'own-memory';
    highestFd = Math.max(highestFd, highestNamed(step));
    stepWord = HEAD_WORDS + index * STEP_WORDS;
    writeStep(step, writer);
  }
  const places = standIns === null ? noPlaces : findPlaces(steps.length, standIns);
  if (!Object.isFrozen(steps)) return { bytes, highestFd, firstExec, ownMemory, places };
  const image = {
    bytes: new Uint8Array(bytes.subarray(HEAD_WORDS * 4, end)),
    highestFd,
    firstExec,
    ownMemory,
    places,
  };
  images.set(steps, image);
  return image;
}

const noPlaces: readonly WordPlace[] = [];

function findPlaces(stepCount: number, standIns: StandIns): WordPlace[] {
  const places: WordPlace[] = [];
  for (let step = 0; step < stepCount; step++) {
    for (const field of [STEP.fd, STEP.arg]) {
      const word = step * STEP_WORDS + field;
      const place = placeOf(words[HEAD_WORDS + word] as number, standIns);
      if (place !== null) places.push({ word, ...place });
    }
  }
  return places;
}

function reserve(size: number): void {
  if (size <= bytes.length) return;
  if (size > LONGEST_PLAN) throw outOfRange('argv and env', `at most ${LONGEST_PLAN} bytes in all`, size);
  const before = bytes;
  useBlock(Math.ceil((size * 1.5) / 4096) * 4096);
  bytes.set(before.subarray(0, end));
}

function writeSet(word: number, set: bigint): void {
  words[word] = set === 0n ? 0 : Number(set & 0xffffffffn);
  words[word + 1] = set === 0n ? 0 : Number(set >> 32n);
}

/** The offset, in words, of the step that is being written. */
let stepWord = 0;

/**
 * Writing data may replace the block, so `words` must be read again each time. Fields that a step does not use are 0.
 */
const writer: StepWriter = {
  begin(op, fd, arg, arg2) {
    words[stepWord + STEP.op] = op;
    words[stepWord + STEP.fd] = fd;
    words[stepWord + STEP.arg] = arg;
    words[stepWord + STEP.arg2] = arg2;
    words[stepWord + STEP.data] = 0;
  },
  u64(number) {
    beginData(8);
    reserve(end + 8);
    end = bytes.writeBigUInt64LE(number, end);
  },
  list(numbers) {
    beginData(8);
    reserve(end + 4 + numbers.length * 4);
    end = bytes.writeUInt32LE(numbers.length, end);
    for (const number of numbers) end = bytes.writeUInt32LE(number, end);
  },
  blob(blob) {
    beginData(8);
    reserve(end + 4 + blob.length + 3);
    end = bytes.writeUInt32LE(blob.length, end);
    bytes.set(blob, end);
    end += blob.length;
    fillTo(4);
  },
  string(text) {
    beginData(1);
    writeString(text);
  },
};

/** The first data of a step sets its offset. Numbers, lists and blobs begin at a multiple of 8, strings anywhere. */
function beginData(alignment: number): void {
  if (words[stepWord + STEP.data] !== 0) return;
  fillTo(alignment);
  words[stepWord + STEP.data] = end;
}

function fillTo(alignment: number): void {
  reserve(end + alignment);
  while (end % alignment !== 0) bytes[end++] = 0;
}

function writeString(string: Bytes): void {
  reserve(end + maxBytes(string) + 1);
  if (typeof string === 'string') {
    end += bytes.write(string, end);
  } else {
    bytes.set(string, end);
    end += string.length;
  }
  bytes[end++] = 0;
}

/** An upper bound: three bytes a UTF-16 unit. A long string is measured, so that the block does not grow threefold. */
function maxBytes(string: Bytes): number {
  if (typeof string !== 'string') return string.length;
  return string.length < FIRST_SIZE ? string.length * 3 : Buffer.byteLength(string);
}

/** Writes the strings one after another. Returns the offset of the first; 0 if there are none. */
function writeStrings(strings: readonly Bytes[]): number {
  const start = end;
  for (const string of strings) writeString(string);
  return strings.length === 0 ? 0 : start;
}
