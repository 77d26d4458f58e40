import type { Step } from './vocabulary.js';

export { fdOf, pathOf, targetOf } from './steps.js';

// Own properties only: a program may have put `action` or `slot` on `Object.prototype`.

/** The index of the caller's file action that this step carries out. */
export function actionOf(step: Step): number | undefined {
  return Object.hasOwn(step, 'action') ? step.action : undefined;
}

/** The index in `fds` (in the drop-in: in `stdio`) that this step serves. */
export function slotOf(step: Step): number | undefined {
  return Object.hasOwn(step, 'slot') ? step.slot : undefined;
}
