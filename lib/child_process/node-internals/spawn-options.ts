import type { LooseOptions } from '../../validate.js';
import { isTimeout, killSignalNumber } from './option-checks.js';

/** Node's options that `normalizeSpawn` passes on unchecked. */

/** Whether Node accepts the options that are read after `normalizeSpawn`. */
export function areSpawnOptions(options: LooseOptions): boolean {
  return (
    isTimeout(options['timeout']) &&
    killSignalNumber(options['killSignal']) !== null &&
    isAbsentOrSignal(options['signal'])
  );
}

/** By its properties, as in Node. */
function isAbsentOrSignal(value: unknown): boolean {
  return value === undefined || (typeof value === 'object' && value !== null && 'aborted' in value);
}

/** Only for options that `areSpawnOptions` accepts. */
export function abortSignalOf(options: LooseOptions): AbortSignal | undefined {
  return options['signal'] as AbortSignal | undefined;
}

interface NodesPart {
  readonly synchronous: boolean;
  readonly stdioSlots: number;
  readonly detached: boolean;
}

/** What our own options may contradict. */
export function callOf({ stdio, detached }: LooseOptions, synchronous: boolean): NodesPart {
  return { synchronous, stdioSlots: slotsOf(stdio), detached: detached === true };
}

/** How many of the child's descriptors `stdio` sets, from 0 on: at least three. */
function slotsOf(stdio: unknown): number {
  return Array.isArray(stdio) ? Math.max(3, stdio.length) : 3;
}

/** The options of `spawn` among those of `execFile`, which passes no others on. */
export function pickSpawnOptions(options: LooseOptions): object {
  return {
    cwd: options['cwd'],
    env: options['env'],
    gid: options['gid'],
    shell: options['shell'],
    signal: options['signal'],
    uid: options['uid'],
    windowsHide: Boolean(options['windowsHide']),
    windowsVerbatimArguments: Boolean(options['windowsVerbatimArguments']),
  };
}
