import { builtin, nodeProcess } from '../builtin.js';
import { isNodesOwn } from '../child_process/node-internals/node-own.js';
import { addReason } from '../drop-in.js';
import type { Replacement } from './builtin.js';
import { current } from './builtin.js';
import { loadedBefore } from './loaded-before.js';
import type { CoveredWorker } from './workers.js';

/** Shows in `features()` and in warnings which functions do not reach the engine although `register` was loaded. */
export function reportMissed(replacement: Replacement, worker: CoveredWorker | undefined): void {
  let missed: readonly string[] = [];
  addReason(() => join([...notReached(replacement), missedText(missed)]));
  const replaced = keptNames(replacement, 'other');
  const fixed = keptNames(replacement, 'node');
  if (replaced.length > 0)
    warn(
      `${list(replaced)} of node:child_process had been replaced before by other code. Its functions stay in place and call Node's own: load forkless/register first`,
    );
  if (fixed.length > 0) warn(`${fixedText(fixed)}: load forkless/register first`);
  if (!loadedBefore) return; // two imports would take longer than all else here
  void findMissed(replacement, worker).then((names) => {
    missed = names;
    if (missed.length > 0) warn(`${missedText(missed)}: load forkless/register first`);
  });
}

/** Each reason as a text, or null. */
function notReached(replacement: Replacement): (string | null)[] {
  const { ours, kept } = replacement;
  const replaced = keptNames(replacement, 'other');
  const names = [...ours.keys(), ...replaced];
  const back = names.filter((name) => current(name) !== ours.get(name) && isNodesOwn(current(name)));
  const stays = (name: string): boolean => current(name) === kept.get(name);
  const before = replaced.filter(stays);
  const fixed = keptNames(replacement, 'node').filter(stays);
  return [
    before.length === 0
      ? null
      : `${list(before)} of node:child_process had been replaced before forkless/register by other code`,
    fixed.length === 0 ? null : fixedText(fixed),
    back.length === 0 ? null : `other code has put Node's own ${list(back)} back into node:child_process`,
  ];
}

/** Of the functions that stay: other code's, or Node's own that could not be replaced. */
function keptNames({ kept }: Replacement, whose: 'other' | 'node'): string[] {
  return [...kept].filter(([, value]) => isNodesOwn(value) === (whose === 'node')).map(([name]) => name);
}

function fixedText(names: readonly string[]): string {
  return `other code has made Node's own ${list(names)} of node:child_process read-only`;
}

function missedText(names: readonly string[]): string | null {
  return names.length === 0
    ? null
    : `ES modules that import ${list(names)} by name get Node's own, which a module loader hook has copied before`;
}

/**
 * The names for which an ES module's import still gives Node's own function. A loader hook may have copied the built-in
 * module before; every later import then gives that copy.
 */
async function findMissed({ ours }: Replacement, worker: CoveredWorker | undefined): Promise<string[]> {
  try {
    const [childProcess, workerThreads] = await Promise.all([
      import('node:child_process'),
      import('node:worker_threads'),
    ]);
    const names = [...ours].filter(
      ([name, value]) => current(name) === value && isNodesOwn(Reflect.get(childProcess, name)),
    );
    return [
      ...names.map(([name]) => name),
      ...(worker !== undefined && workerThreads.Worker === worker.original ? ['Worker'] : []),
    ];
  } catch {
    return []; // imports of these modules fail, so none can give Node's functions
  }
}

/** Only on the main thread: Workers load `register` too and would repeat the warning. */
function warn(text: string): void {
  if (builtin('node:worker_threads').isMainThread)
    nodeProcess.emitWarning(`forkless/register: ${text}`, 'ForklessWarning');
}

function list(names: readonly string[]): string {
  return names.join(', ');
}

function join(texts: readonly (string | null)[]): string | null {
  return texts.filter((text) => text !== null).join('; ') || null;
}
