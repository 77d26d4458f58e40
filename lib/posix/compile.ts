import { stepsOf } from '../options/file-actions.js';
import { planAssignment } from '../plan/assign.js';
import { KeptSteps } from '../plan/kept-steps.js';
import { targetOf } from '../plan/step-fields.js';
import { onlyNamed } from '../plan/survivors.js';
import type { Bytes, Plan, Step } from '../plan/vocabulary.js';
import type { ParsedOptions } from './options.js';

const STANDARD_FDS = [0, 1, 2];
const nobody = { sweep: [], leftovers: [] };

/**
 * The one order of operations:
 *
 * 1. sweep (cloexecDefault): a child that is stuck later holds nobody else's descriptor
 * 2. session, group, scheduler, effective ids back to the real ones, umask
 * 3. cwd, from which relative paths of the file actions start
 * 4. 0–2 kept, although Node marks them close-on-exec
 * 5. fds, then the file actions
 * 6. named numbers that must not survive are closed (cloexecDefault)
 * 7. groups, gid, uid: what came before was done as the caller
 * 8. execve of the candidates
 */
export function compile(candidates: readonly Bytes[], argv: readonly Bytes[], options: ParsedOptions): Plan {
  const { attributes } = options;
  return {
    steps: isUsual(options) ? usualSteps(candidates, options) : stepsFor(candidates, options),
    argv,
    env: options.env,
    sigdefault: attributes.sigdefault,
    sigignore: attributes.sigignore,
    sigmask: attributes.sigmask,
    privateMemory: attributes.privateMemory,
    shellScripts: false,
    onlyNamed: attributes.cloexecDefault,
  };
}

const kept = new KeptSteps();

function isUsual({ attributes, fileActions }: ParsedOptions): boolean {
  return fileActions === null && attributes.steps.length === 0 && attributes.idSteps.length === 0;
}

function usualSteps(candidates: readonly Bytes[], options: ParsedOptions): readonly Step[] {
  const { attributes, cwd, fds } = options;
  let key = `${attributes.cloexecDefault ? 'c' : ''}${fds.length}:${fds.join()}`;
  for (const path of cwd === null ? candidates : [cwd, ...candidates]) {
    if (typeof path !== 'string') return stepsFor(candidates, options);
    key += `\0${path}`;
  }
  return kept.get(cwd === null ? key : `cwd ${key}`, () => stepsFor(candidates, options));
}

function stepsFor(candidates: readonly Bytes[], options: ParsedOptions): readonly Step[] {
  const { attributes } = options;
  const actions = options.fileActions ? stepsOf(options.fileActions) : [];
  const moves = [...planAssignment(options.fds), ...actions];
  const survivors = attributes.cloexecDefault ? onlyNamed(moves, options.fds.length) : nobody;
  return [
    ...survivors.sweep,
    ...attributes.steps,
    ...(options.cwd === null ? [] : [{ op: 'chdir', path: options.cwd } as const]),
    ...(attributes.cloexecDefault ? [] : keepStandardFds(moves)),
    ...moves,
    ...survivors.leftovers,
    ...attributes.idSteps,
    ...candidates.map((path) => ({ op: 'execve', path }) as const),
  ];
}

/** A standard descriptor that a step settles needs no keeping: close-on-exec matters at exec alone. */
function keepStandardFds(moves: readonly Step[]): Step[] {
  return STANDARD_FDS.filter((fd) => !moves.some((step) => targetOf(step) === fd)).map((fd) => ({
    op: 'keep-if-open',
    fd,
  }));
}
