import type { AnyAttribute } from '../attributes/attribute.js';
import type { MoreOptions, PosixSpawnOptions } from '../attributes/index.js';
import { attributes } from '../attributes/index.js';
import { parsePosixOptions } from '../attributes/parse.js';
import { SpawnError } from '../errors.js';
import { makePlan } from './plan.js';
import { startProcessSync } from './start.js';

/** For each option of a start: true, or why it cannot be used here. */
export type TriedAttributes = Readonly<Record<keyof PosixSpawnOptions | keyof MoreOptions, true | string>>;

const every: readonly AnyAttribute[] = attributes;

/**
 * Nothing is there: the child that carries out a trial fails at its last step, and that shows that all others have
 * succeeded. So no program is needed, and none is executed.
 */
const NO_PROGRAM = '/dev/null/forkless';

let found: TriedAttributes | undefined;

/**
 * Tries each attribute by itself. Once for a process: what the kernel, its filters and the rights of this process allow
 * seldom changes, and an attribute that needs memory of its own costs what such a start costs.
 * @param unavailable why no process can be started at all
 */
export function triedAttributes(unavailable: string | null): TriedAttributes {
  if (unavailable !== null) return resultsOf(() => unavailable);
  found ??= resultsOf(({ trial }) => (trial === null ? true : resultOf(trial())));
  return found;
}

/** How exec fails if nothing but the missing program is in its way; EACCES: `execFd`, whose file is no program. */
function isWanted(code: string): boolean {
  return ['ENOTDIR', 'ENOENT', 'EACCES'].includes(code);
}

function resultsOf(result: (attribute: AnyAttribute) => true | string): TriedAttributes {
  const results = every.map((attribute) => [attribute.name, result(attribute)] as const);
  return Object.freeze(Object.fromEntries(results)) as TriedAttributes;
}

function resultOf(options: object): true | string {
  try {
    // as for an asynchronous start: some options are refused in others, which would wait for the program
    const settings = parsePosixOptions({ env: [], ...options }, false);
    const plan = makePlan([NO_PROGRAM], ['forkless'], settings);
    startProcessSync({ file: NO_PROGRAM, plan, cancel: null });
    return 'a program that does not exist was started';
  } catch (error) {
    if (error instanceof SpawnError && error.step === 'execve' && isWanted(error.code)) return true;
    // Which of the few steps of a trial it was says nothing to people.
    return (error as Error).message.replace(/ \(step \d+ of \d+\)$/, '');
  }
}
