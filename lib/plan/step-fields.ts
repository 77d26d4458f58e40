import type { Bytes, Step } from './vocabulary.js';

/**
 * What a step names, by its operation. Never asked with `in` or through an absent property: these find what a program
 * has put on `Object.prototype` as well.
 */

/** The descriptor that the step reads, or changes. */
export function fdOf(step: Step): number | undefined {
  switch (step.op) {
    case 'open':
    case 'dup2':
    case 'close':
    case 'fchdir':
    case 'inherit':
    case 'keep-if-open':
    case 'tcsetpgrp':
    case 'set-blocking':
    case 'save':
      return step.fd;
    default:
      return undefined;
  }
}

export function pathOf(step: Step): Bytes | undefined {
  switch (step.op) {
    case 'open':
    case 'chdir':
    case 'execve':
      return step.path;
    default:
      return undefined;
  }
}

/** The index of the caller's own file action. */
export function actionOf(step: Step): number | undefined {
  return Object.hasOwn(step, 'action') ? step.action : undefined;
}

/** The child's number in `fds`. */
export function slotOf(step: Step): number | undefined {
  return Object.hasOwn(step, 'slot') ? step.slot : undefined;
}
