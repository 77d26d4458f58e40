import { builtin } from '../builtin.js';
import type { Bytes } from '../bytes.js';
import type { Ending, FailedStart, StartedChild } from '../engine/children.js';
import {
  isFailure,
  refLoop,
  signalChild,
  startChild,
  startChildAndWait,
  unrefLoop,
} from '../engine/children.js';
import type { Failure } from '../errors.js';
import { abortError, asText, spawnError } from '../errors.js';
import { checkPermission } from '../permission.js';
import type { Plan } from '../plan/vocabulary.js';
import { onAbort } from './cancel.js';
import type { ExitStatus, Process } from './process.js';
import { createProcess, exitStatus, markEnded } from './process.js';

const { constants } = builtin('node:os');

const SIGKILL = 9;

/** The arguments of `posixSpawn` and its siblings, checked and compiled. */
export interface SpawnRequest {
  /** As the caller named it, for errors. */
  readonly file: Bytes;
  readonly plan: Plan;
  /** Aborting it before exec kills the child. */
  readonly cancel: AbortSignal | null;
}

/**
 * Resolves with the process when exec has succeeded. An abort kills the child at any time before that; the promise
 * rejects when the child has been reaped.
 */
export function startProcess(request: SpawnRequest): Promise<Process> {
  checkPermission(asText(request.file));
  const { cancel: signal } = request;
  if (signal?.aborted) return Promise.reject(abortError(signal));
  return new Promise((resolve, reject) => {
    let child: StartedChild | undefined;
    let started: Started | undefined;
    let aborted = false;
    // Before the child is made: if this throws, there is no child to clean up.
    const removeAbortListener =
      signal === null
        ? () => {}
        : onAbort(signal, () => {
            // EPERM: the child has just executed a set-user-ID program, which this process may not signal. The start
            // was not cancelled.
            aborted = child !== undefined && signalChild(child.id, SIGKILL) !== constants.errno.EPERM;
          });
    const listener = {
      execed() {
        // The child was killed, but exec had succeeded before: `ended` rejects the promise.
        if (aborted) return;
        removeAbortListener();
        started = makeProcess(child as StartedChild);
        resolve(started.process);
      },
      failed(failure: Failure) {
        removeAbortListener();
        unrefLoop();
        reject(aborted && signal ? abortError(signal) : spawnError(failure, request.plan, request.file));
      },
      ended(ending: Ending) {
        if (started) return finish(started, ending);
        // Aborted, but exec had succeeded before the signal arrived: the child has ended without a `Process`.
        removeAbortListener();
        unrefLoop();
        if (signal) reject(abortError(signal));
      },
    };
    let result: StartedChild | FailedStart;
    try {
      result = startChild(request.plan, listener);
    } catch (error) {
      removeAbortListener();
      throw error;
    }
    if (isFailure(result)) {
      removeAbortListener();
      reject(spawnError(result, request.plan, request.file));
      return;
    }
    child = result;
    refLoop();
  });
}

export function startProcessSync(request: SpawnRequest): Process {
  checkPermission(asText(request.file));
  let started: Started | undefined;
  const listener = {
    execed() {},
    failed() {},
    ended(ending: Ending) {
      if (started) finish(started, ending);
    },
  };
  const result = startChildAndWait(request.plan, listener, 'reaped');
  if (isFailure(result)) throw spawnError(result, request.plan, request.file);
  refLoop();
  started = makeProcess(result);
  return started.process;
}

interface Started {
  readonly process: Process;
  /** Resolves `process.exited`. */
  readonly resolveExited: (status: ExitStatus) => void;
}

/** The process now owns the reference on the event loop that `refLoop` took. */
function makeProcess(child: StartedChild): Started {
  let resolveExited: (status: ExitStatus) => void = () => {};
  const exited = new Promise<ExitStatus>((resolve) => {
    resolveExited = resolve;
  });
  return { process: createProcess(child, exited), resolveExited };
}

function finish(started: Started, ending: Ending): void {
  markEnded(started.process);
  started.resolveExited(exitStatus(ending));
}
