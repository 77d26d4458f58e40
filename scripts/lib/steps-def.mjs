// csrc/core/steps.def, read: what the steps and stages are called and which fields they have.
import { Failure } from './project.mjs';

/** In the order that the data of a step have on the wire; `place` is where the others stand in its record. */
const kinds = {
  SOURCE: { place: 'fd', type: 'number' },
  TARGET: { place: 'fd', type: 'number' },
  KEPT: { place: 'fd', type: 'number' },
  LOW: { place: 'fd', type: 'number' },
  ONTO: { place: 'arg', type: 'number' },
  HIGH: { place: 'arg', type: 'number' },
  ARG: { place: 'arg', type: 'number' },
  ARG2: { place: 'arg2', type: 'number' },
  U64: { type: 'bigint' },
  MAYBE_U64: { type: 'bigint | null' },
  LIST: { type: 'readonly number[]' },
  BLOB: { type: 'Uint8Array' },
  PATH: { type: 'Bytes' },
  STRING: { type: 'Bytes' },
};
const order = Object.keys(kinds);
/** csrc/core/fields.h counts each kind in four bits. */
const MOST = 15;

/** @returns {{ steps: {name: string, syscall: string, fields: object[]}[], stages: {name: string, syscall: string}[] }} */
export function parseSteps(text) {
  const source = text.replace(/\/\*.*?\*\//gs, '');
  const stages = source.matchAll(/^STAGE\(\w+, "([^"]+)", "([^"]+)"\)/gm);
  const steps = source.matchAll(/^STEP\(\w+, "([^"]+)", "([^"]+)",\s*([^,]+),/gm);
  const found = {
    steps: Array.from(steps, ([, name, syscall, fields]) => ({
      name,
      syscall,
      fields: parseFields(name, fields),
    })),
    stages: Array.from(stages, ([, name, syscall]) => ({ name, syscall })),
  };
  const lines = source.match(/^(?:STEP|STAGE)\(/gm) ?? [];
  if (lines.length !== found.steps.length + found.stages.length)
    throw new Failure('a line of steps.def is not understood');
  return found;
}

function parseFields(step, text) {
  const fields = Array.from(text.matchAll(/(\w+)\((\w+)\)/g), ([, kind, property]) => {
    if (!Object.hasOwn(kinds, kind)) throw new Failure(`step ${step}: there is no kind of field ${kind}`);
    return { kind, property, ...kinds[kind] };
  });
  if (fields.length === 0 && text.trim() !== 'NONE') throw new Failure(`step ${step}: no fields is NONE`);
  const count = (kind) => fields.filter((field) => field.kind === kind).length;
  const inOrder = fields.every(
    ({ kind }, n) => n === 0 || order.indexOf(kind) >= order.indexOf(fields[n - 1].kind),
  );
  if (!inOrder) throw new Failure(`step ${step}: its fields are not in the order of the wire`);
  for (const place of ['fd', 'arg', 'arg2'])
    if (fields.filter((field) => field.place === place).length > 1)
      throw new Failure(`step ${step}: two fields in ${place}`);
  if (count('ARG2') && count('MAYBE_U64'))
    throw new Failure(`step ${step}: arg2 says which MAYBE_U64 are given`);
  if (count('HIGH') && !count('LOW')) throw new Failure(`step ${step}: HIGH without LOW`);
  if (count('PATH') > 1) throw new Failure(`step ${step}: errors are about one PATH`);
  if (order.some((kind) => count(kind) > MOST))
    throw new Failure(`step ${step}: more than ${MOST} fields of a kind`);
  return fields;
}
