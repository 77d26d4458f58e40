import type { ChildProcess } from 'node:child_process';
import type { LooseOptions } from '../../validate.js';
import { nodeChildProcess } from '../node-internals/node-child-process.js';
import { copyOptions, hasNoNul, toPath } from '../node-internals/option-checks.js';
import { trySpawn } from './spawn.js';

export function fork(modulePath: unknown, args: unknown = [], options?: unknown): ChildProcess {
  const child = tryFork(modulePath, args, options);
  return child ?? Reflect.apply(nodeChildProcess.fork, undefined, [modulePath, args, options]);
}

/** undefined: Node's own function has to be called, as for `trySpawn`. */
function tryFork(modulePath: unknown, args: unknown, options: unknown): ChildProcess | undefined {
  const path = toPath(modulePath);
  const leftOut = typeof args === 'object' && args !== null && !Array.isArray(args);
  const list = leftOut ? [] : (args ?? []);
  const given = copyOptions((leftOut ? args : options) ?? undefined) as Record<string, unknown> | undefined;
  if (path === undefined || !Array.isArray(list) || given === undefined) return undefined;
  const flags = given['execArgv'] || process.execArgv;
  const stdio = forkStdio(given);
  // Written into the copy in Node's order, which tools that trace child processes see.
  given['shell'] = false;
  given['execPath'] ||= process.execPath;
  const { execPath } = given;
  if (!hasNoNul(execPath) || !Array.isArray(flags) || !flags.every(hasNoNul) || stdio === undefined)
    return undefined;
  given['stdio'] = stdio;
  return trySpawn(execPath, [...ownFlags(flags), path, ...list], given);
}

/** Without `-e SCRIPT`: the child would run this script again and fork without end. */
function ownFlags(flags: readonly unknown[]): readonly unknown[] {
  const { _eval: script } = process as unknown as { _eval?: string | null };
  if (flags !== process.execArgv || script === undefined || script === null) return flags;
  const index = flags.lastIndexOf(script);
  return index > 0 ? flags.filter((_, place) => place !== index && place !== index - 1) : flags;
}

function forkStdio({ stdio, silent }: LooseOptions): unknown[] | undefined {
  if (Array.isArray(stdio)) return stdio.includes('ipc') ? stdio : undefined;
  const kind = typeof stdio === 'string' ? stdio : silent ? 'pipe' : 'inherit';
  if (kind === 'inherit') return [0, 1, 2, 'ipc'];
  return ['ignore', 'pipe', 'overlapped'].includes(kind) ? [kind, kind, kind, 'ipc'] : undefined;
}
