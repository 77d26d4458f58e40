import { noSettings, parseDropInOptions } from '../attributes/parse.js';
import { dropIn } from '../drop-in.js';
import { featureUnavailable } from '../errors.js';
import { printPlan } from '../plan/print.js';
import { futureStdio } from './future-stdio.js';
import { asyncStartIsReplaced, startsReplaced } from './node-internals/node-own.js';
import { normalizeSpawn } from './node-internals/normalize.js';
import { throwRefusal } from './node-internals/refusal.js';
import { areSpawnOptions, stdioSlotsOf } from './node-internals/spawn-options.js';
import { requestOf } from './node-internals/start-request.js';
import { obstacle } from './obstacle.js';
import { slotsOf } from './pipes.js';
import { makePlan } from './plan.js';

const HIGHEST_FD = 0x7fffffff;

/** What `spawn` would do with these arguments, for people. */
export function explainSpawn(file?: unknown, args?: unknown, options?: unknown): string {
  const reason = dropIn.backend === null ? obstacle(() => {}) : dropIn.reason;
  if (reason !== null) throw unexplained(reason);
  const normalized = normalizeSpawn(file, args, options);
  if (normalized === undefined || !areSpawnOptions(normalized)) throwRefusal(file, args, options);
  const stdioSlots = stdioSlotsOf(normalized);
  const settings = parseDropInOptions(normalized, { synchronous: false, stdioSlots });
  if (settings === noSettings && asyncStartIsReplaced()) throw unexplained(startsReplaced() ?? '');
  const { entries, envPairs } = futureStdio(normalized);
  const sockets = futureSockets(entries.filter(({ type }) => type === 'pipe').length);
  const slots = slotsOf(entries, sockets.pairs);
  if (slots === null) throwRefusal(file, args, options);
  const request = { ...requestOf(normalized, normalized.args), envPairs: envPairs };
  return sockets.named(printPlan(makePlan(request, slots, settings)));
}

function unexplained(reason: string): Error {
  return featureUnavailable(`spawn of forkless/child_process is the runtime's own here: ${reason}`, reason);
}

/**
 * The sockets have no numbers yet. They get the highest that there are, which no descriptor can have, so that everything
 * below is swept in one step; in the text they are called what they are.
 */
function futureSockets(count: number) {
  const lowest = HIGHEST_FD - count + 1;
  const theirs = Array.from({ length: count }, (_, index) => lowest + index);
  const named = (text: string): string =>
    text
      .replaceAll(`to ${lowest - 1}\n`, 'to the last, except the new sockets\n')
      .replace(/\b\d{10}\b/g, (number) => (Number(number) >= lowest ? 'a new socket' : number))
      .replace(/\(fds\[(\d+)\]\)/g, '(stdio[$1])');
  return { pairs: Int32Array.from([...theirs.map(() => -1), ...theirs]), named };
}
