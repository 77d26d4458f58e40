import { builtin } from '../builtin.js';
import { isNodesOwn } from '../child_process/node-own.js';
import { addException } from '../drop-in.js';
import type { Replacement } from './builtin.js';
import { current } from './builtin.js';
import type { CoveredWorker } from './workers.js';

/** For `features()` and in warnings: what does not reach the engine though it is registered. */
export function tellTruth(replacement: Replacement, worker: CoveredWorker | undefined): void {
  const { kept } = replacement;
  let missed: readonly string[] = [];
  addException(() => join([...notReached(replacement), missedText(missed)]));
  if (kept.size > 0)
    warn(
      `${list([...kept.keys()])} of node:child_process had been replaced before by other code. That stays, and calls Node's own functions: load forkless/register first`,
    );
  void findMissed(replacement, worker).then((names) => {
    missed = names;
    if (missed.length > 0) warn(`${missedText(missed)}: load forkless/register first`);
  });
}

function notReached({ ours, kept }: Replacement): (string | null)[] {
  const names = [...ours.keys(), ...kept.keys()];
  const back = names.filter((name) => current(name) !== ours.get(name) && isNodesOwn(current(name)));
  const before = [...kept].filter(([name, value]) => current(name) === value && !back.includes(name));
  return [
    before.length === 0
      ? null
      : `${list(before.map(([name]) => name))} of node:child_process had been replaced before forkless/register by other code`,
    back.length === 0 ? null : `other code has put Node's own ${list(back)} back into node:child_process`,
  ];
}

function missedText(names: readonly string[]): string | null {
  return names.length === 0
    ? null
    : `ES modules that import ${list(names)} by name get Node's own, which a module loader hook has copied before`;
}

/**
 * Of our functions, those that an ES module does not get by their names. A loader hook may stand in between: what it
 * made of the built-in module before is what every import gives from then on.
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
      ...(worker !== undefined && workerThreads.Worker === worker.stock ? ['Worker'] : []),
    ];
  } catch {
    return []; // nothing can be imported: then nobody misses anything
  }
}

/** Workers inherit what the program loads; it is said once. */
function warn(text: string): void {
  if (builtin('node:worker_threads').isMainThread)
    process.emitWarning(`forkless/register: ${text}`, 'ForklessWarning');
}

function list(names: readonly string[]): string {
  return names.join(', ');
}

function join(texts: readonly (string | null)[]): string | null {
  return texts.filter((text) => text !== null).join('; ') || null;
}
