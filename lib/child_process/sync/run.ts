import type { Settings } from '../../attributes/settings.js';
import { builtin } from '../../builtin.js';
import type { Collected, Limits } from '../../engine/collect.js';
import { collect } from '../../engine/collect.js';
import { closePairs } from '../../engine/descriptors.js';
import { spawnError } from '../../errors.js';
import { withFields } from '../../own.js';
import type { EncodedPlan } from '../../plan/encode.js';
import { encode } from '../../plan/encode.js';
import type { Plan } from '../../plan/vocabulary.js';
import { nodeSignalName } from '../../signals.js';
import { errnoException } from '../node-internals/node-errors.js';
import type { NormalizedSpawn } from '../node-internals/normalize.js';
import { requestOf, startsInNoDirectory } from '../node-internals/start-request.js';
import { nodeQuirks } from '../node-internals/this-node.js';
import { openPipes, slotsOf } from '../pipes.js';
import { makePlan } from '../plan.js';
import type { SyncEntry } from './stdio.js';

const { constants } = builtin('node:os');

/** What `spawnSync` returns, with the keys in Node's order. */
export interface SyncResult {
  error?: NodeJS.ErrnoException;
  status: number | null;
  signal: string | null;
  output: (string | Buffer | null)[] | null;
  pid: number;
  stdout: string | Buffer | null | undefined;
  stderr: string | Buffer | null | undefined;
}

/** Starts a program and waits until it has ended. The error of a system call is returned in `error`, not thrown. */
export function runSync(
  options: NormalizedSpawn,
  args: readonly string[],
  entries: readonly SyncEntry[],
  input: Uint8Array | undefined,
  settings: Settings,
  limits: Limits,
): SyncResult {
  // As in Node: here chdir('') fails; the asynchronous functions take '' as no directory.
  if (startsInNoDirectory(options)) return failedStart(options, -constants.errno.ENOENT, undefined);
  const pairs = openPipes(entries, settings);
  if (typeof pairs === 'number') return failedStart(options, pairs, undefined);
  let plan: Plan;
  let encoded: EncodedPlan;
  try {
    const slots = slotsOf(entries, pairs);
    if (slots === null) {
      closePairs(pairs);
      return failedStart(options, -constants.errno.EINVAL, undefined);
    }
    plan = makePlan(requestOf(options, args), slots, settings);
    encoded = encode(plan);
  } catch (error) {
    closePairs(pairs);
    throw error;
  }
  // Node has no file actions, so its timeout counts from exec. A file action may block before exec (a FIFO, a file server
  // that does not respond): then the timeout must count from the start.
  const clock = settings.actions.length > 0 ? 'start' : 'exec';
  const outcome = collect(encoded, pairs, input, limits, clock);
  return outcome.kind !== 'ended'
    ? failedStart(options, -outcome.error, spawnError(outcome, plan, options.file))
    : ended(options, entries, outcome);
}

function ended(options: NormalizedSpawn, entries: readonly SyncEntry[], child: Collected): SyncResult {
  const output = outputOf(entries, child.outputs, options['encoding']);
  const [, stdout, stderr] = output;
  const { pid, exitCode } = child;
  const status = child.signal > 0 || exitCode < 0 ? null : exitCode;
  const signal = child.signal === 0 ? null : nodeSignalName(child.signal);
  if (child.error === 0) return { status, signal, output, pid, stdout, stderr };
  return { error: errorOf(options, -child.error, undefined), status, signal, output, pid, stdout, stderr };
}

/** One for each entry; null if it is not a pipe that is read. */
function outputOf(
  entries: readonly SyncEntry[],
  outputs: Collected['outputs'],
  encoding: unknown,
): (string | Buffer | null)[] {
  const asText = encoding && encoding !== 'buffer';
  let pipe = 0;
  return entries.map(({ type }) => {
    const bytes = type === 'pipe' ? outputs[pipe++] : undefined;
    if (bytes === undefined) return null;
    return asText ? bytes.toString(encoding as BufferEncoding) : bytes;
  });
}

function failedStart(options: NormalizedSpawn, errno: number, cause: Error | undefined): SyncResult {
  const { noOutput } = nodeQuirks();
  return {
    error: errorOf(options, errno, cause),
    status: null,
    signal: null,
    output: null,
    pid: 0,
    stdout: noOutput,
    stderr: noOutput,
  };
}

function errorOf(
  { file, args }: NormalizedSpawn,
  errno: number,
  cause: Error | undefined,
): NodeJS.ErrnoException {
  const error = errnoException(errno, `spawnSync ${file}`, cause);
  return withFields(error, { path: file, spawnargs: args.slice(1) });
}
