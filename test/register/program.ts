import type { RunOptions } from '../support/run-node.js';
import { runNodeForValue } from '../support/run-node.js';

/** A way to register a program. */
export interface Way {
  readonly title: string;
  readonly options: RunOptions;
  /** Stands in the program. */
  readonly statement?: string;
}

export const byFlag: Way = { title: '--import', options: { nodeArgs: ['--import', 'forkless/register'] } };
export const byImport: Way = {
  title: 'an import in the program',
  options: {},
  statement: "import 'forkless/register';",
};

export const ways: readonly Way[] = [
  byFlag,
  { title: '--require', options: { nodeArgs: ['--require', 'forkless/register'] } },
  { title: 'NODE_OPTIONS', options: { env: { NODE_OPTIONS: '--import=forkless/register' } } },
  byImport,
];

/** `throughUs(start)` in a script: did one start go through the engine? It resolves when the child has ended. */
const prelude = `
  import { once } from 'node:events';
  import { features } from 'forkless';
  const countStarts = () => Object.values(features().rungs).reduce((sum, count) => sum + count, 0);
  const throughUs = async (start) => {
    const before = countStarts();
    const started = await start();
    const grown = countStarts() - before;
    if (typeof started?.once === 'function') await once(started, 'close');
    return grown === 1;
  };
`;

/** The value that a script (text of an ES module) says, in a program that is registered this way, or not at all. */
export function ask<T>(way: Way | undefined, script: string, more: RunOptions = {}): Promise<T> {
  const { options = {}, statement = '' } = way ?? {};
  return runNodeForValue<T>(statement + prelude + script, {
    ...options,
    ...more,
    env: { ...options.env, ...more.env },
    nodeArgs: [...(options.nodeArgs ?? []), ...(more.nodeArgs ?? [])],
  });
}
