// For the programs never-waits-*: holds children of ours before exec, so that what follows `spawn` comes before it for
// certain. Node's own `spawn` returns after exec: nothing is held there. Run by `gateRun` of support/launchers.ts.
import { readSync, writeSync } from 'node:fs';
import { isMainThread, workerData } from 'node:worker_threads';
import { slowness } from '../../support/slowness.js';

const GATE_FD = 15;
const DEADLINE_MS = 3000;

/** 'held': children of ours are held. Otherwise each runs as fast as it can. */
export const isHolding: boolean = isMainThread ? process.env['GATE'] === 'held' : workerData.isHolding;
// It is not for the children.
if (isMainThread) delete process.env['GATE'];

let hasWaited = false;

/** Where: at exec, where it leaves the shared descriptor table, or at the first of both. */
export type GatePoint = 'exec' | 'table' | 'any';

/**
 * Starts with the next `count` children held, and returns when they are.
 * @throws if `start` has returned only after one of them was let go.
 */
export function startHeld<T>(start: () => T, count = 1, point: GatePoint = 'exec'): T {
  if (!isHolding) return start();
  // Once is enough: each would take the whole time.
  if (hasWaited) throw new Error('spawn has waited for exec before');
  ask(`arm ${point} ${count} ${DEADLINE_MS * slowness}`);
  const started = start();
  const [, expired, ...pids] = ask(`held ${count}`).split(' ');
  if (pids.length < count) throw new Error(`${pids.length} of ${count} were held at ${point}`);
  hasWaited = Number(expired) > 0;
  if (hasWaited) throw new Error('spawn has waited for exec');
  return started;
}

/** Starts with the next child held for 20 ms, whatever it returns before or after. */
export function startSlow<T>(start: () => T, milliseconds = 20): T {
  if (isHolding) ask(`arm exec 1 ${milliseconds}`);
  return start();
}

/** Lets those go on that are held; with an error, as if exec had failed by it. */
export function letGo(errno = 0): void {
  if (isHolding) ask(`free ${errno}`);
}

/**
 * Whether `start` returns after exec: the child is held for `milliseconds`. If not, it has certainly returned before; if
 * so, it may have been slow.
 */
export function waitsForExec(start: () => unknown, milliseconds = 60): boolean {
  ask(`arm exec 1 ${milliseconds * slowness}`);
  start();
  // When it is held, if it is not yet: or it would take the place of the next one.
  const [, expired] = ask('held 1').split(' ');
  ask('free 0');
  return Number(expired) > 0;
}

function ask(line: string): string {
  writeSync(GATE_FD, `${line}\n`);
  const answer = Buffer.alloc(4096);
  return answer.toString('latin1', 0, readSync(GATE_FD, answer)).trim();
}
