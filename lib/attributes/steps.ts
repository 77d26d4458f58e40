import type { AttributeSteps } from '../plan/compile.js';
import type { AttributePhase } from '../plan/phases.js';
import { highestIn } from '../plan/stand-ins.js';
import type { Step } from '../plan/vocabulary.js';
import type { AnyAttribute, DoorName } from './attribute.js';
import { attributes } from './index.js';
import type { Values } from './settings.js';

const every: readonly AnyAttribute[] = attributes;
const withSteps = every.filter(({ steps }) => steps !== null);

/** The steps of the attributes by their phases; within a phase in the order of the index. */
export function stepsOf(door: DoorName, values: Values): AttributeSteps {
  const byPhase = new Map<AttributePhase, readonly Step[]>();
  let ownMemory = false;
  let privateMemory = false;
  for (const attribute of withSteps) {
    const made = stepsOfOne(attribute, door, values);
    if (made.length === 0) continue;
    ownMemory ||= attribute.memory === 'own';
    privateMemory ||= attribute.memory === 'copy';
    const before = byPhase.get(attribute.phase);
    byPhase.set(attribute.phase, before === undefined ? made : [...before, ...made]);
  }
  return { steps: (phase) => byPhase.get(phase) ?? none, ownMemory, privateMemory };
}

/** The highest descriptor that these attributes name: see `highestIn`. */
export function highestNamedBy(door: DoorName, values: Values): number {
  return highestIn(withSteps.flatMap((attribute) => stepsOfOne(attribute, door, values)));
}

const none: readonly Step[] = [];

function stepsOfOne({ name, steps, implied }: AnyAttribute, door: DoorName, values: Values): readonly Step[] {
  if (name in values) return steps?.(values[name] as never, values) ?? none;
  return implied?.by.some((other) => other in values) ? implied.steps(door) : none;
}
