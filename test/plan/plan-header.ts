import { readFileSync } from 'node:fs';
import { at } from '../support/paths.js';

// csrc/core/plan.h and steps.def as text: the tests compare with what C is compiled from, not with a third copy.
const source = withoutComments('plan.h');
const definitions = withoutComments('steps.def');

export interface Field {
  readonly offset: number;
  readonly size: 4 | 8;
  readonly signed: boolean;
}

export interface Struct {
  readonly size: number;
  readonly fields: ReadonlyMap<string, Field>;
}

interface Operation {
  readonly op: string;
  readonly name: string;
  readonly syscall: string;
}

/** `kinds` of the fields of a step, in order: `SOURCE`, `ONTO`, … */
interface StepDefinition extends Operation {
  readonly kinds: readonly string[];
}

/** `steps` and `stages` in the order of the list, with the name in C, the name in errors, and the system call. */
export const planHeader = {
  head: readStruct('plan_head'),
  step: readStruct('plan_step'),
  magic: readNumber(/#define PLAN_MAGIC (0x[0-9a-f]+)u/),
  layout: readNumber(/#define PLAN_LAYOUT (\d+)u/),
  flags: {
    environ: readNumber(/PLAN_ENVIRON = (\d+)u/),
    sigmask: readNumber(/PLAN_SIGMASK = (\d+)u/),
    privateMemory: readNumber(/PLAN_PRIVATE_MEMORY = (\d+)u/),
    mainParent: readNumber(/PLAN_MAIN_PARENT = (\d+)u/),
    ownMemory: readNumber(/PLAN_OWN_MEMORY = (\d+)u/),
  },
  steps: readSteps(),
  stages: readStages(),
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

function readSteps(): StepDefinition[] {
  const lines = definitions.matchAll(/^STEP\((\w+), "([^"]+)", "([^"]+)", ([^,]*),/gm);
  return Array.from(lines, ([, op = '', name = '', syscall = '', fields = '']) => ({
    op,
    name,
    syscall,
    kinds: Array.from(fields.matchAll(/(\w+)\(/g), ([, kind = '']) => kind),
  }));
}

function readStages(): Operation[] {
  const lines = definitions.matchAll(/^STAGE\((\w+), "([^"]+)", "([^"]+)"\)/gm);
  return Array.from(lines, ([, op = '', name = '', syscall = '']) => ({ op, name, syscall }));
}

function readNumber(pattern: RegExp): number {
  return Number(matchOf(pattern));
}

function matchOf(pattern: RegExp): string {
  const found = pattern.exec(source)?.[1];
  if (found === undefined) throw new Error(`csrc/core/plan.h has nothing like ${pattern}`);
  return found;
}

function withoutComments(name: string): string {
  return readFileSync(at(`csrc/core/${name}`), 'utf8').replace(/\/\*.*?\*\//gs, '');
}
