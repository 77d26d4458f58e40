import { outOfRange } from '../validate.js';
import { fdOf } from './step-fields.js';
import type { Bytes, Plan, Step } from './vocabulary.js';
import { stepTable } from './vocabulary.js';

/**
 * Writes a plan as the bytes that csrc/core/plan.h describes. This file alone knows an offset.
 * Head, steps and text stand in one block; every place is a 32-bit word until the text begins.
 */
export const LAYOUT_VERSION = 3;

const MAGIC = 0x4c504b46;
const FLAG_ENVIRON = 1;
const FLAG_SIGMASK = 2;
const FLAG_PRIVATE_MEMORY = 4;
const FLAG_SHELL_SCRIPTS = 8;
const FLAG_ONLY_NAMED = 16;

/** Word offsets of the head. */
const HEAD = {
  magic: 0,
  layout: 1,
  size: 2,
  stepCount: 3,
  firstExec: 4,
  text: 5,
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
/** Far above what any kernel takes as argv and env (E2BIG); places are 32-bit numbers. */
const LONGEST_PLAN = 0x3fffffff;

/** The block that the plans are written into; one that has grown beyond what is usual is not kept. */
const FIRST_SIZE = 16384;
const KEPT_SIZE = 1 << 20;

const HEAD_WORDS = 18;
const STEP_WORDS = 5;

const opNumbers = new Map(stepTable.map((operation, number) => [operation.name, number]));

export interface EncodedPlan {
  /** Valid until the next call of `encode`: the block is used again. */
  readonly bytes: Uint8Array;
  readonly size: number;
}

export function encode(plan: Plan): EncodedPlan {
  if (bytes.length > KEPT_SIZE) useBlock(FIRST_SIZE);
  const stepCount = plan.steps.length;
  const text = (HEAD_WORDS + stepCount * STEP_WORDS) * 4;
  const { highestFd, firstExec } = writeSteps(plan.steps);
  const argv = writeStrings(plan.argv);
  const own = plan.env === 'environ' ? [] : plan.env;
  const env = writeStrings(own);

  words[HEAD.magic] = MAGIC;
  words[HEAD.layout] = LAYOUT_VERSION;
  words[HEAD.size] = end;
  words[HEAD.stepCount] = stepCount;
  words[HEAD.firstExec] = firstExec;
  words[HEAD.text] = text;
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
    (plan.onlyNamed ? FLAG_ONLY_NAMED : 0);
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

/** What `writeSteps` has written of a list: steps and their text, from the end of the head on. */
interface Image {
  readonly bytes: Uint8Array;
  readonly highestFd: number;
  readonly firstExec: number;
}

/** Of lists that are frozen, and so may come again as they are. */
const images = new WeakMap<readonly Step[], Image>();

/** Sets `end` to where the next text goes. */
function writeSteps(steps: readonly Step[]): Image {
  const known = images.get(steps);
  if (known === undefined) return writeEachStep(steps);
  reserve(HEAD_WORDS * 4 + known.bytes.length);
  bytes.set(known.bytes, HEAD_WORDS * 4);
  end = HEAD_WORDS * 4 + known.bytes.length;
  return known;
}

function writeEachStep(steps: readonly Step[]): Image {
  const text = (HEAD_WORDS + steps.length * STEP_WORDS) * 4;
  reserve(text);
  end = text;
  let highestFd = -1;
  let firstExec = steps.length;
  for (const [index, step] of steps.entries()) {
    if (step.op === 'execve') firstExec = Math.min(firstExec, index);
    highestFd = Math.max(highestFd, highestNamed(step));
    writeStep(HEAD_WORDS + index * STEP_WORDS, step);
  }
  if (!Object.isFrozen(steps)) return { bytes, highestFd, firstExec };
  const image = { bytes: new Uint8Array(bytes.subarray(HEAD_WORDS * 4, end)), highestFd, firstExec };
  images.set(steps, image);
  return image;
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

/** Returns the offset of the string. */
function writeString(string: Bytes): number {
  const start = end;
  reserve(end + longest(string) + 1);
  if (typeof string === 'string') {
    end += bytes.write(string, end);
  } else {
    bytes.set(string, end);
    end += string.length;
  }
  bytes[end++] = 0;
  return start;
}

/** Returns the offset of the list. */
function writeNumbers(numbers: readonly number[]): number {
  const start = end;
  reserve(end + numbers.length * 4);
  for (const number of numbers) end = bytes.writeUInt32LE(number, end);
  return start;
}

/** At most three bytes a character; a long string is measured, rather than given three times its room. */
function longest(string: Bytes): number {
  if (typeof string !== 'string') return string.length;
  return string.length < FIRST_SIZE ? string.length * 3 : Buffer.byteLength(string);
}

/** Strings that follow one another; the offset of the first, 0 for none. */
function writeStrings(strings: readonly Bytes[]): number {
  const start = end;
  for (const string of strings) writeString(string);
  return strings.length === 0 ? 0 : start;
}

/** `fd`, `arg`, `text`, `mode` of each step, as csrc/core/child.c reads them. What a step does not use is 0. */
function writeStep(word: number, step: Step): void {
  const number = opNumbers.get(step.op) as number;
  switch (step.op) {
    case 'open':
      return put(word, number, step.fd, step.flags, writeString(step.path), step.mode);
    case 'dup2':
      return put(word, number, step.fd, step.newFd, 0, 0);
    case 'close':
    case 'fchdir':
    case 'inherit':
    case 'keep-if-open':
    case 'tcsetpgrp':
    case 'set-blocking':
    case 'save':
      return put(word, number, step.fd, 0, 0, 0);
    case 'chdir':
    case 'execve':
      return put(word, number, 0, 0, writeString(step.path), 0);
    case 'closefrom':
      return put(word, number, step.lowFd, 0, 0, 0);
    case 'restore':
      return put(word, number, 0, step.newFd, 0, 0);
    case 'sweep':
      return put(word, number, step.lowFd, step.highFd, 0, 0);
    case 'setsid':
    case 'reset-ids':
    case 'drop-groups-if-allowed':
      return put(word, number, 0, 0, 0, 0);
    case 'setpgid':
      return put(word, number, 0, step.pgroup, 0, 0);
    case 'setscheduler':
      return put(word, number, 0, step.policy, 0, step.priority);
    case 'setparam':
      return put(word, number, 0, 0, 0, step.priority);
    case 'umask':
      return put(word, number, 0, step.mask, 0, 0);
    case 'setgroups':
      return put(word, number, 0, step.gids.length, writeNumbers(step.gids), 0);
    case 'setgid':
      return put(word, number, 0, step.gid, 0, 0);
    case 'setuid':
      return put(word, number, 0, step.uid, 0, 0);
    default:
      return unreachable(step);
  }
}

/** After `text` was written, because writing it may have moved the block. */
function put(word: number, op: number, fd: number, arg: number, text: number, mode: number): void {
  words[word] = op;
  words[word + 1] = fd;
  words[word + 2] = arg;
  words[word + 3] = text;
  words[word + 4] = mode;
}

/** The report pipe must lie above this. Ranges (`closefrom`, `sweep`) step around it instead. */
function highestNamed(step: Step): number {
  switch (step.op) {
    case 'dup2':
      return Math.max(step.fd, step.newFd);
    case 'restore':
      return step.newFd;
    default:
      return fdOf(step) ?? -1;
  }
}

function unreachable(step: never): never {
  throw new Error(`no such step: ${JSON.stringify(step)}`);
}
