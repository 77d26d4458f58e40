import type { ChildProcess } from 'node:child_process';
import { stock } from '../node-internals/node-child-process.js';
import type { Loose } from '../node-internals/normalize.js';
import { copyOptions, isClean, toPath } from '../node-internals/normalize.js';
import type { DropInModule } from '../types.js';
import { trySpawn } from './spawn.js';

export const fork = function fork(modulePath: unknown, args: unknown = [], options?: unknown): ChildProcess {
  const child = start(modulePath, args, options);
  return child ?? Reflect.apply(stock.fork, undefined, [modulePath, args, options]);
} as unknown as DropInModule['fork'];

/** undefined: something is wrong. */
function start(modulePath: unknown, args: unknown, options: unknown): ChildProcess | undefined {
  const path = toPath(modulePath);
  const leftOut = typeof args === 'object' && args !== null && !Array.isArray(args);
  const list = leftOut ? [] : (args ?? []);
  const given = copyOptions((leftOut ? args : options) ?? undefined) as Record<string, unknown> | undefined;
  if (path === undefined || !Array.isArray(list) || given === undefined) return undefined;
  const flags = given['execArgv'] || process.execArgv;
  const stdio = forkStdio(given);
  // into the copy, key by key in Node's order, which whoever traces child processes sees
  given['shell'] = false;
  given['execPath'] ||= process.execPath;
  const { execPath } = given;
  if (!isClean(execPath) || !Array.isArray(flags) || !flags.every(isClean) || stdio === undefined)
    return undefined;
  given['stdio'] = stdio;
  return trySpawn(execPath, [...ownFlags(flags), path, ...list], given);
}

/** Without `-e SCRIPT`: the child would run this script again, and fork again, without end. */
function ownFlags(flags: readonly unknown[]): readonly unknown[] {
  const { _eval: script } = process as unknown as { _eval?: string | null };
  if (flags !== process.execArgv || script === undefined || script === null) return flags;
  const index = flags.lastIndexOf(script);
  return index > 0 ? flags.filter((_, place) => place !== index && place !== index - 1) : flags;
}

function forkStdio({ stdio, silent }: Loose): unknown[] | undefined {
  if (Array.isArray(stdio)) return stdio.includes('ipc') ? stdio : undefined;
  const kind = typeof stdio === 'string' ? stdio : silent ? 'pipe' : 'inherit';
  if (kind === 'inherit') return [0, 1, 2, 'ipc'];
  return ['ignore', 'pipe', 'overlapped'].includes(kind) ? [kind, kind, kind, 'ipc'] : undefined;
}
