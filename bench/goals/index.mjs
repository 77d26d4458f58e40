// The goals, as figures of one run beside each other. They are shown and never enforced: a machine has bad days.
import { attributeGoals } from './attributes.mjs';
import { dropInGoals } from './drop-in.mjs';
import { scaleGoals } from './scale.mjs';
import { startUpGoals } from './start-up.mjs';

const parts = {
  'Goals of a start, each kind in a process of its own': dropInGoals,
  'Goals of loading, above the same with an empty file, processor time': startUpGoals,
  'Goals of attributes, each in a process of its own': attributeGoals,
  'Goals with much memory, many descriptors and many children': scaleGoals,
};

/** @returns {{part, what, unit, measured, spread, goal}[]} */
export function goalsOf(results) {
  return Object.entries(parts).flatMap(([part, goals]) =>
    goals(results)
      .filter(Boolean)
      .map((goal) => ({ part, ...goal })),
  );
}
