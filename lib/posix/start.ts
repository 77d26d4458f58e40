import { constants } from 'node:os';
import type { Ending, FailedStart, StartedChild } from '../engine/children.js';
import {
  holdLoop,
  isFailure,
  releaseLoop,
  signalChild,
  startChild,
  startChildAndWait,
} from '../engine/children.js';
import type { Failure } from '../errors.js';
import { abortError, asText, spawnError } from '../errors.js';
import { checkPermission } from '../permission.js';
import { onAbort } from './cancel.js';
import type { Request } from './posix-spawn.js';
import type { ExitStatus, Process } from './process.js';
import { createProcess, endProcess, exitStatus } from './process.js';

const SIGKILL = 9;

/**
 * Resolves with the process when exec has happened. Aborting kills the child whatever it does at that moment; the
 * rejection comes when it is reaped, so that nothing is left by then.
 */
export function start(request: Request): Promise<Process> {
  checkPermission(asText(request.file));
  const { signal } = request.options;
  if (signal?.aborted) return Promise.reject(abortError(signal));
  return new Promise((resolve, reject) => {
    let child: StartedChild | undefined;
    let started: Started | undefined;
    let aborted = false;
    // before the start: whatever may go wrong with the signal must not leave a child behind
    const settle =
      signal === null
        ? () => {}
        : onAbort(signal, () => {
            // a set-id program that has just begun may be out of reach: then the start was not cancelled
            aborted = child !== undefined && signalChild(child.id, SIGKILL) !== constants.errno.EPERM;
          });
    const listener = {
      execed() {
        if (aborted) return;
        settle();
        started = makeProcess(child as StartedChild);
        resolve(started.process);
      },
      failed(failure: Failure) {
        settle();
        releaseLoop();
        reject(aborted && signal ? abortError(signal) : spawnError(failure, request.plan, request.file));
      },
      ended(ending: Ending) {
        if (started) return end(started, ending);
        settle();
        releaseLoop();
        if (signal) reject(abortError(signal));
      },
    };
    let result: StartedChild | FailedStart;
    try {
      result = startChild(request.plan, listener);
    } catch (error) {
      settle();
      throw error;
    }
    if (isFailure(result)) {
      settle();
      reject(spawnError(result, request.plan, request.file));
      return;
    }
    child = result;
    holdLoop();
  });
}

export function startSync(request: Request): Process {
  checkPermission(asText(request.file));
  let started: Started | undefined;
  const listener = {
    execed() {},
    failed() {},
    ended(ending: Ending) {
      if (started) end(started, ending);
    },
  };
  const result = startChildAndWait(request.plan, listener, 'reaped');
  if (isFailure(result)) throw spawnError(result, request.plan, request.file);
  holdLoop();
  started = makeProcess(result);
  return started.process;
}

interface Started {
  readonly process: Process;
  readonly finish: (status: ExitStatus) => void;
}

/** The hold on the loop that the start has taken goes over to the process. */
function makeProcess(child: StartedChild): Started {
  let finish: (status: ExitStatus) => void = () => {};
  const exited = new Promise<ExitStatus>((resolve) => {
    finish = resolve;
  });
  return { process: createProcess(child, exited), finish };
}

function end(started: Started, ending: Ending): void {
  endProcess(started.process);
  started.finish(exitStatus(ending));
}
