import type { KnownProgram } from '../../engine/children.js';
import { makeKnownProgram } from '../../engine/children.js';
import type { Plan, Step } from '../../plan/vocabulary.js';

/**
 * What the engine knows of the programs that this thread has started, so that it need not wait for an exec that is as
 * good as certain to succeed. One record for each list of candidates: the same name in another PATH is another program.
 */

const MAX_PROGRAMS = 256;

let programs = new Map<string, KnownProgram>();
/** The same by list of steps; only of frozen lists, which cannot change and are used again (`StepCache`). */
let bySteps = new WeakMap<readonly Step[], KnownProgram>();

/**
 * null: the start must wait. Only plans whose steps are cached can be known.
 */
export function knownProgram({ steps }: Plan): KnownProgram | null {
  const known = bySteps.get(steps);
  if (known !== undefined) return known;
  if (!Object.isFrozen(steps)) return null;
  const program = programOf(candidatesOf(steps));
  bySteps.set(steps, program);
  return program;
}

function programOf(candidates: string): KnownProgram {
  let program = programs.get(candidates);
  if (program !== undefined) return program;
  if (programs.size === MAX_PROGRAMS) {
    programs = new Map();
    bySteps = new WeakMap();
  }
  program = makeKnownProgram();
  programs.set(candidates, program);
  return program;
}

/** A path contains no NUL. */
function candidatesOf(steps: readonly Step[]): string {
  let key = '';
  for (const step of steps) if (step.op === 'execve') key += `${String(step.path)}\0`;
  return key;
}
