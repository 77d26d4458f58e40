import { planAssignment } from '../plan/assign.js';
import type { Bytes, Plan, Step } from '../plan/vocabulary.js';
import { stepsOf } from './file-actions.js';
import type { ParsedOptions } from './options.js';

const HIGHEST_FD = 0x7fffffff;
const STANDARD_FDS = [0, 1, 2];

/**
 * The one order of operations:
 *
 * 1. sweep (cloexecDefault): a child that is stuck later holds nobody else's descriptor
 * 2. session, group, scheduler, ids, umask
 * 3. cwd, from which relative paths of the file actions start
 * 4. 0–2 kept, although Node marks them close-on-exec
 * 5. fds, then the file actions
 * 6. named numbers that must not survive are closed (cloexecDefault)
 * 7. execve of the candidates
 */
export function compile(candidates: readonly Bytes[], argv: readonly Bytes[], options: ParsedOptions): Plan {
  const { attributes } = options;
  const actions = options.fileActions ? stepsOf(options.fileActions) : [];
  const moves = [...planAssignment(options.fds), ...actions];
  const { cloexecDefault } = attributes;
  const named = cloexecDefault ? namedFds(moves, options.fds) : [];
  const steps: Step[] = [
    ...(cloexecDefault ? sweepBetween(named) : []),
    ...attributes.steps,
    ...(options.cwd === null ? [] : [{ op: 'chdir', path: options.cwd } as const]),
    ...(cloexecDefault ? [] : keepStandardFds(moves)),
    ...moves,
    ...(cloexecDefault ? closeLeftovers(moves, named) : []),
    ...candidates.map((path) => ({ op: 'execve', path }) as const),
  ];
  return {
    steps,
    argv,
    env: options.env,
    sigdefault: attributes.sigdefault,
    sigignore: attributes.sigignore,
    sigmask: attributes.sigmask,
    privateMemory: attributes.privateMemory,
  };
}

/** The number a step leaves open for the program or closed, if it is about one. */
function targetOf(step: Step): number | undefined {
  switch (step.op) {
    case 'open':
    case 'close':
    case 'inherit':
      return step.fd;
    case 'dup2':
    case 'restore':
      return step.newFd;
    default:
      return undefined;
  }
}

/** A standard descriptor that a step settles needs no keeping: close-on-exec matters at exec alone. */
function keepStandardFds(moves: readonly Step[]): Step[] {
  return STANDARD_FDS.filter((fd) => !moves.some((step) => targetOf(step) === fd)).map((fd) => ({
    op: 'keep-if-open',
    fd,
  }));
}

/** Every number that a step reads or writes, and every slot of `fds`, lowest first. */
function namedFds(moves: readonly Step[], fds: readonly (number | null)[]): number[] {
  const named = new Set<number>(fds.keys());
  for (const step of moves) {
    if ('fd' in step) named.add(step.fd);
    const target = targetOf(step);
    if (target !== undefined) named.add(target);
  }
  return [...named].sort((a, b) => a - b);
}

function sweepBetween(named: readonly number[]): Step[] {
  const steps: Step[] = [];
  let lowFd = 0;
  for (const fd of named) {
    if (fd > lowFd) steps.push({ op: 'sweep', lowFd, highFd: fd - 1 });
    lowFd = fd + 1;
  }
  if (lowFd <= HIGHEST_FD) steps.push({ op: 'sweep', lowFd, highFd: HIGHEST_FD });
  return steps;
}

/** Numbers that were named only to be read from: the parent's descriptor there must not reach the program. */
function closeLeftovers(moves: readonly Step[], named: readonly number[]): Step[] {
  const made = new Set<number>();
  for (const step of moves) {
    const target = targetOf(step);
    if (step.op === 'closefrom') {
      for (const fd of made) if (fd >= step.lowFd) made.delete(fd);
    } else if (step.op === 'close') {
      made.delete(step.fd);
    } else if (target !== undefined) {
      made.add(target);
    }
  }
  return named.filter((fd) => !made.has(fd)).map((fd) => ({ op: 'close', fd }));
}
