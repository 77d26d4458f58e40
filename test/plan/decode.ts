import { encode } from '#lib/plan/encode.js';
import type { Plan } from '#lib/plan/vocabulary.js';
import type { Struct } from './plan-header.js';
import { planHeader } from './plan-header.js';

export interface DecodedStep {
  readonly op: string;
  readonly fd: number;
  readonly arg: number;
  readonly arg2: number;
  /** In the order of the fields: numbers of 64 bits, lists, blobs and strings. */
  readonly data: readonly Datum[];
}

/** Of a blob the bytes in hex. */
type Datum = bigint | readonly number[] | string;

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
    const definition = planHeader.steps[Number(step['op'])];
    steps.push({
      op: definition?.name ?? `unknown ${step['op']}`,
      fd: Number(step['fd']),
      arg: Number(step['arg']),
      arg2: Number(step['arg2']),
      data: dataAt(bytes, Number(step['data']), definition?.kinds ?? []),
    });
  }
  return {
    head,
    steps,
    argv: stringsAt(bytes, Number(head['argv']), Number(head['argc'])),
    env: stringsAt(bytes, Number(head['env']), Number(head['envc'])),
  };
}

function dataAt(bytes: Buffer, start: number, kinds: readonly string[]): Datum[] {
  let at = start;
  const word = (): number => {
    at += 4;
    return bytes.readUInt32LE(at - 4);
  };
  return kinds.flatMap((kind): Datum[] => {
    switch (kind) {
      case 'U64':
      case 'MAYBE_U64':
        at += 8;
        return [bytes.readBigUInt64LE(at - 8)];
      case 'LIST':
        return [Array.from({ length: word() }, word)];
      case 'BLOB': {
        const length = word();
        at += Math.ceil(length / 4) * 4;
        return [bytes.toString('hex', at - Math.ceil(length / 4) * 4).slice(0, length * 2)];
      }
      case 'PATH':
      case 'STRING': {
        const [text = ''] = stringsAt(bytes, at, 1);
        at += text.length + 1;
        return [text];
      }
      default:
        return [];
    }
  });
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
