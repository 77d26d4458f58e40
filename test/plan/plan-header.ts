import { readFileSync } from 'node:fs';
import { at } from '../support/paths.js';

// csrc/core/plan.h as text: the tests compare with what C is compiled from, not with a third copy of the layout.
const source = readFileSync(at('csrc/core/plan.h'), 'utf8').replace(/\/\*.*?\*\//gs, '');

export interface Field {
  readonly offset: number;
  readonly size: 4 | 8;
  readonly signed: boolean;
}

export interface Struct {
  readonly size: number;
  readonly fields: ReadonlyMap<string, Field>;
}

/** `steps` and `stages` in the order of the X-macros, with the name in C, the name in errors, and the system call. */
export const planHeader = {
  head: readStruct('plan_head'),
  step: readStruct('plan_step'),
  magic: readNumber(/#define PLAN_MAGIC (0x[0-9a-f]+)u/),
  layout: readNumber(/#define PLAN_LAYOUT (\d+)u/),
  flags: {
    environ: readNumber(/PLAN_ENVIRON = (\d+)u/),
    sigmask: readNumber(/PLAN_SIGMASK = (\d+)u/),
    privateMemory: readNumber(/PLAN_PRIVATE_MEMORY = (\d+)u/),
  },
  steps: readMacro('PLAN_STEPS'),
  stages: readMacro('PLAN_STAGES'),
};

/** Fields of 4 and 8 bytes in order; the head is made so that nothing needs padding, which is checked here. */
function readStruct(name: string): Struct {
  const body = matchOf(new RegExp(`struct ${name} \\{(.*?)\\n\\};`, 's'));
  const fields = new Map<string, Field>();
  let offset = 0;
  for (const [, kind, bits, names = ''] of body.matchAll(/\b(u?)int(32|64)_t ([\w, ]+);/g)) {
    const size = bits === '64' ? 8 : 4;
    for (const field of names.split(',')) {
      if (offset % size !== 0) throw new Error(`${name}.${field.trim()} needs padding before it`);
      fields.set(field.trim(), { offset, size, signed: kind === '' });
      offset += size;
    }
  }
  return { size: offset, fields };
}

function readMacro(name: string): { op: string; name: string; syscall: string }[] {
  const body = matchOf(new RegExp(`#define ${name}\\(X\\)(.*?[^\\\\])\\n`, 's'));
  return Array.from(
    body.matchAll(/X\((\w+), "([^"]+)", "([^"]+)"\)/g),
    ([, op = '', text = '', syscall = '']) => ({
      op,
      name: text,
      syscall,
    }),
  );
}

function readNumber(pattern: RegExp): number {
  return Number(matchOf(pattern));
}

function matchOf(pattern: RegExp): string {
  const found = pattern.exec(source)?.[1];
  if (found === undefined) throw new Error(`csrc/core/plan.h has nothing like ${pattern}`);
  return found;
}
