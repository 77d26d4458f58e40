import { encode } from '#lib/plan/encode.js';
import type { Plan } from '#lib/plan/vocabulary.js';
import type { Struct } from './plan-header.js';
import { planHeader } from './plan-header.js';

export interface DecodedStep {
  readonly op: string;
  readonly fd: number;
  readonly arg: number;
  /** null: no text. */
  readonly text: string | null;
  readonly mode: number;
}

/** Text is latin1, a character for each byte. */
export interface DecodedPlan {
  readonly head: Readonly<Record<string, number | bigint>>;
  readonly steps: readonly DecodedStep[];
  readonly argv: readonly string[];
  readonly env: readonly string[];
}

/** Encodes a plan and reads the bytes back by the layout that csrc/core/plan.h spells. */
export function roundTrip(plan: Plan): DecodedPlan {
  return decode(encodedBytes(plan));
}

/** A copy of the bytes: the encoder uses its block again. */
export function encodedBytes(plan: Plan): Buffer {
  const { bytes, size } = encode(plan);
  return Buffer.from(bytes.subarray(0, size));
}

export function decode(bytes: Buffer): DecodedPlan {
  const head = readStruct(bytes, 0, planHeader.head);
  const steps: DecodedStep[] = [];
  for (let index = 0; index < Number(head['step_count']); index++) {
    const step = readStruct(bytes, planHeader.head.size + index * planHeader.step.size, planHeader.step);
    const text = Number(step['text']);
    steps.push({
      op: planHeader.steps[Number(step['op'])]?.name ?? `unknown ${step['op']}`,
      fd: Number(step['fd']),
      arg: Number(step['arg']),
      text: text === 0 ? null : (stringsAt(bytes, text, 1)[0] ?? ''),
      mode: Number(step['mode']),
    });
  }
  return {
    head,
    steps,
    argv: stringsAt(bytes, Number(head['argv']), Number(head['argc'])),
    env: stringsAt(bytes, Number(head['env']), Number(head['envc'])),
  };
}

function readStruct(bytes: Buffer, start: number, struct: Struct): Record<string, number | bigint> {
  const values: Record<string, number | bigint> = {};
  for (const [name, { offset, size, signed }] of struct.fields) {
    const place = start + offset;
    if (size === 8) values[name] = bytes.readBigUInt64LE(place);
    else values[name] = signed ? bytes.readInt32LE(place) : bytes.readUInt32LE(place);
  }
  return values;
}

function stringsAt(bytes: Buffer, first: number, count: number): string[] {
  const strings: string[] = [];
  let start = first;
  for (let index = 0; index < count; index++) {
    const end = bytes.indexOf(0, start);
    if (end < 0) throw new Error(`the string at ${start} has no end`);
    strings.push(bytes.toString('latin1', start, end));
    start = end + 1;
  }
  return strings;
}
