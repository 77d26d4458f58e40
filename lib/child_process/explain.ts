import { noSettings } from '../attributes/door-defaults.js';
import { parseDropInOptions } from '../attributes/drop-in.js';
import { dropIn } from '../drop-in.js';
import { featureUnavailable } from '../errors.js';
import type { FuturePlan } from '../plan/data.js';
import type { DescriptorNames } from '../plan/print.js';
import { printPlan } from '../plan/print.js';
import { HIGHEST_FD } from '../validate.js';
import { earlyObstacle } from './early-obstacle.js';
import { futureStdio } from './future-stdio.js';
import { asyncStartIsReplaced, startsReplaced } from './node-internals/node-own.js';
import { normalizeSpawn } from './node-internals/normalize.js';
import { throwRefusal } from './node-internals/refusal.js';
import { areSpawnOptions, callOf } from './node-internals/spawn-options.js';
import { requestOf } from './node-internals/start-request.js';
import { obstacle } from './obstacle.js';
import { namedFds, slotsOf } from './pipes.js';
import { makePlan } from './plan.js';

/** What `spawn` would do with these arguments, for people. */
export function explainSpawn(file?: unknown, args?: unknown, options?: unknown): string {
  const { plan, names } = plannedSpawn(file, args, options);
  return printPlan(plan, names);
}

/** The plan of the same start. */
export function plannedSpawn(file?: unknown, args?: unknown, options?: unknown): FuturePlan {
  const reason =
    dropIn.backend === 'forkless' ? null : (dropIn.reason ?? earlyObstacle ?? obstacle()?.reason ?? null);
  if (reason !== null) throw unexplained(reason);
  const normalized = normalizeSpawn(file, args, options);
  if (normalized === undefined || !areSpawnOptions(normalized)) throwRefusal(file, args, options);
  const settings = parseDropInOptions(normalized, callOf(normalized, false));
  if (settings === noSettings && asyncStartIsReplaced()) throw unexplained(startsReplaced() ?? '');
  const { entries, envPairs } = futureStdio(normalized);
  const count = entries.filter(({ type }) => type === 'pipe').length;
  const sockets = futureSockets(count, namedFds(entries, settings));
  const slots = slotsOf(entries, Int32Array.from([...sockets.map(() => -1), ...sockets]));
  if (slots === null) throwRefusal(file, args, options);
  const request = { ...requestOf(normalized, normalized.args), envPairs };
  return { plan: makePlan(request, slots, settings), names: namesOf(sockets), sockets };
}

function unexplained(reason: string): Error {
  return featureUnavailable(`spawn of forkless/child_process is the runtime's own here: ${reason}`, reason);
}

/**
 * The sockets have no numbers yet. They get the highest that nothing names, so that everything below is swept in one step;
 * in the printed plan they appear as `a new socket`.
 */
function futureSockets(count: number, named: readonly number[]): readonly number[] {
  const sockets: number[] = [];
  for (let fd = HIGHEST_FD; sockets.length < count; fd--) if (!named.includes(fd)) sockets.push(fd);
  return sockets.reverse();
}

function namesOf(sockets: readonly number[]): DescriptorNames {
  const endsAt = (highFd: number): string => (highFd === HIGHEST_FD ? 'the last' : `${highFd}`);
  return {
    fd: (fd) => (sockets.includes(fd) ? 'a new socket' : `${fd}`),
    slot: (slot) => `stdio[${slot}]`,
    rangeEnd: (highFd) =>
      sockets.includes(highFd + 1) ? 'the last, except the new sockets' : endsAt(highFd),
  };
}
