import type { Step } from './vocabulary.js';

export { fdOf, pathOf, targetOf } from './steps.js';

// Never asked with `in` or through an absent property: these find what a program has put on `Object.prototype`, too.

/** The index of the caller's own file action. */
export function actionOf(step: Step): number | undefined {
  return Object.hasOwn(step, 'action') ? step.action : undefined;
}

/** The child's number in `fds`. */
export function slotOf(step: Step): number | undefined {
  return Object.hasOwn(step, 'slot') ? step.slot : undefined;
}
