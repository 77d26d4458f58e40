import { builtin } from './builtin.js';
import type { Bytes } from './bytes.js';
import { withFields } from './own.js';
import { realSteps } from './plan/stand-ins.js';
import { actionOf, fdOf, pathOf } from './plan/step-fields.js';
import type { Plan, StageName, Step, StepName } from './plan/vocabulary.js';
import { stageTable, stepTable } from './plan/vocabulary.js';
import { signalName } from './signals.js';

const { constants } = builtin('node:os');
const { getSystemErrorMap } = builtin('node:util');

/**
 * What failed: a step of the plan (`'chdir'`, `'open'`, `'execve'`, …), or a stage before or after the steps (`'pipe'`,
 * `'clone'`, …). All of them: docs/errors.md.
 */
export type FailedStep = StepName | StageName;

/**
 * Thrown when a process could not be started; says which step failed, and why. No process, zombie or descriptor is
 * left. Only this library makes one. A field that is undefined according to its description is absent from the object.
 *
 * @example
 * ```js
 * import { posixSpawn, SpawnError } from 'forkless';
 *
 * try {
 *   await posixSpawn('/bin/true', ['true'], { cwd: '/missing' });
 * } catch (error) {
 *   console.log(error instanceof SpawnError, error.code, error.step, error.path);
 * }
 * ```
 * ```text
 * true ENOENT chdir /missing
 * ```
 * @hideconstructor
 */
export class SpawnError extends Error {
  /**
   * The name of the errno (`'ENOENT'`). `ERR_CHILD_DIED`: the child was killed, or exited without a report, before
   * exec. `ERR_CHILD_LOST`: other code reaped the child, and it is unknown whether the program had begun.
   */
  declare readonly code: string;
  /** The errno, negative as in Node's own errors; undefined if no system call failed. */
  declare readonly errno: number | undefined;
  /** The system call that failed, or during which the child died. */
  declare readonly syscall: string;
  /**
   * The path of the failed step. For execve the candidate that failed, or, if none was found, the name that the caller
   * passed. If no step of the plan failed, also the name that the caller passed.
   */
  declare readonly path: string | undefined;
  /** The program's arguments without argv[0]. */
  declare readonly spawnargs: readonly string[];
  /** The step or stage that failed. */
  declare readonly step: FailedStep;
  /** The index of the caller's file action that failed, from 0; undefined if it was none. */
  declare readonly actionIndex: number | undefined;
  /** The descriptor that the failed step reads or changes; for dup2 the source. */
  declare readonly fd: number | undefined;
  /** The signal that ended the child before exec, if known. */
  declare readonly signal: NodeJS.Signals | undefined;
  /** The exit code of the child that ended before exec, if known. */
  declare readonly exitCode: number | undefined;

  constructor(message: string, fields: SpawnErrorFields) {
    super(message);
    // Left out, so that a printed error shows only what is known.
    const known = Object.entries(fields).filter(([, value]) => value !== undefined);
    withFields(this, Object.fromEntries(known));
  }
}

export interface SpawnErrorFields {
  readonly code: string;
  readonly errno: number | undefined;
  readonly syscall: string;
  readonly path: string | undefined;
  readonly spawnargs: readonly string[];
  readonly step: FailedStep;
  readonly actionIndex: number | undefined;
  readonly fd: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly exitCode: number | undefined;
}

// On the prototype, as in Error itself.
Object.defineProperty(SpawnError.prototype, 'name', {
  __proto__: null,
  value: 'SpawnError',
  configurable: true,
  writable: true,
} as PropertyDescriptor);

/** Why a process could not be started, as the engine reports it. */
export interface Failure {
  /**
   * `failed`: a step or stage reported an errno. `died`: the child ended before exec without a report. `lost`: other code
   * reaped the child, and it is unknown whether exec had succeeded.
   */
  readonly kind: 'failed' | 'died' | 'lost';
  /** Positive errno, for 'failed'. */
  readonly error: number;
  /** The index of the failed step in the plan; -1: no step failed, but a stage. */
  readonly step: number;
  /** The number of the step's kind or of the stage: an index in `stepTable` followed by `stageTable`. */
  readonly op: number;
  /** -1: none. */
  readonly exitCode: number;
  /** 0: none. */
  readonly signal: number;
}

const operations = [...stepTable, ...stageTable];

/** What an error tells of a plan. The rest need not be kept for it: the environment may be large. */
export type ToldPlan = Pick<Plan, 'steps' | 'argv' | 'standIns'>;

/** @param file the name that the caller passed */
export function spawnError(failure: Failure, plan: ToldPlan, file: Bytes): SpawnError {
  const operation = operations[failure.op] ?? { name: 'plan', syscall: 'spawn' };
  const step = realSteps(plan)[failure.step];
  const path = failedPath(step, failure, file);
  const fields: SpawnErrorFields = {
    code: codeOf(failure),
    errno: failure.kind === 'failed' ? -failure.error : undefined,
    syscall: operation.syscall,
    path,
    spawnargs: plan.argv.slice(1).map(asText),
    step: operation.name,
    actionIndex: step && actionOf(step),
    fd: step && failedFd(step),
    signal: failure.signal > 0 ? signalName(failure.signal) : undefined,
    exitCode: failure.exitCode >= 0 ? failure.exitCode : undefined,
  };
  return new SpawnError(messageOf(failure, fields, step, plan.steps.length), fields);
}

function codeOf(failure: Failure): string {
  if (failure.kind === 'died') return 'ERR_CHILD_DIED';
  if (failure.kind === 'lost') return 'ERR_CHILD_LOST';
  return errnoName(failure.error);
}

function messageOf(
  failure: Failure,
  fields: SpawnErrorFields,
  step: Step | undefined,
  steps: number,
): string {
  const what = subjectOf(fields, step);
  const where = failure.step >= 0 ? ` (step ${failure.step + 1} of ${steps})` : '';
  const place = `${fields.step}${what}${where}`;
  const end = fields.signal ?? (fields.exitCode === undefined ? 'unknown' : `exit code ${fields.exitCode}`);
  if (failure.kind === 'died') return `${fields.code}: the child died before exec (${end}), ${place}`;
  if (failure.kind === 'lost') return `${fields.code}: the child was reaped by other code (${end}), ${place}`;
  return `${fields.code}: ${errnoMessage(failure.error)}, ${place}`;
}

function subjectOf(fields: SpawnErrorFields, step: Step | undefined): string {
  if (fields.path !== undefined) return ` '${fields.path}'`;
  if (step?.op === 'dup2') return ` ${step.fd} to ${step.newFd}`;
  return fields.fd === undefined ? '' : ` ${fields.fd}`;
}

function failedPath(step: Step | undefined, failure: Failure, file: Bytes): string | undefined {
  if (step === undefined) return failure.step < 0 ? asText(file) : undefined;
  const path = pathOf(step);
  if (path === undefined) return undefined;
  const notFound = failure.error === constants.errno.ENOENT || failure.error === constants.errno.ENOTDIR;
  return asText(step.op === 'execve' && notFound ? file : path);
}

function failedFd(step: Step): number | undefined {
  if (step.op === 'restore') return step.newFd;
  return step.op === 'closefrom' || step.op === 'sweep' ? step.lowFd : fdOf(step);
}

export function asText(bytes: Bytes): string {
  return typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString();
}

/** The error of a system call, in Node's form. */
export function systemError(
  error: number,
  syscall: string,
  fields: { fd?: number } = {},
): NodeJS.ErrnoException {
  const code = errnoName(error);
  const message = `${code}: ${errnoMessage(error)}, ${syscall}`;
  return withFields(new Error(message), { errno: -error, code, syscall, ...fields });
}

/** The error of a function that needs the engine, where the engine cannot be used. */
export function featureUnavailable(message: string, reason: string): Error {
  return withFields(new TypeError(message), { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', reason });
}

/** In the form of Node's AbortError, which is not exported: `name`, `code`, and the reason as `cause`. */
class AbortError extends Error {
  readonly code = 'ABORT_ERR';
  override readonly name = 'AbortError';
}

export function abortError(signal: AbortSignal): Error {
  return new AbortError('The operation was aborted', { cause: reasonOf(signal) });
}

/** The caller may have replaced `reason` by a getter that throws; a promise would then never be settled. */
function reasonOf(signal: AbortSignal): unknown {
  try {
    return signal.reason;
  } catch (error) {
    return error;
  }
}

const uvErrors = getSystemErrorMap();
const errnoNames = new Map<number, string>();
for (const [name, number] of Object.entries(constants.errno))
  if (!errnoNames.has(number)) errnoNames.set(number, name);

/** Errors of exec, mount or waitid that Node has no name for, by errno. */
const moreErrors: ReadonlyMap<number, readonly [string, string]> = new Map([
  [8, ['ENOEXEC', 'exec format error']],
  [10, ['ECHILD', 'no child processes']],
  [15, ['ENOTBLK', 'block device required']],
  [80, ['ELIBBAD', 'accessing a corrupted shared library']],
  [87, ['EUSERS', 'too many users']],
  [129, ['EKEYREJECTED', 'key was rejected by service']],
]);

export function errnoName(error: number): string {
  return uvErrors.get(-error)?.[0] ?? errnoNames.get(error) ?? moreErrors.get(error)?.[0] ?? `E${error}`;
}

function errnoMessage(error: number): string {
  // libuv's text speaks of a socket
  if (error === constants.errno.EOPNOTSUPP) return 'operation not supported';
  return uvErrors.get(-error)?.[1] ?? moreErrors.get(error)?.[1] ?? `system error ${error}`;
}
