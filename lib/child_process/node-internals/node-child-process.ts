import { builtin, wasLoaded } from '../../builtin.js';

type NodeChildProcess = typeof import('node:child_process');

/**
 * Set on the built-in module by `register`, and the same symbol in every copy of this package: only one may replace the
 * functions. Its value is the functions that were there before, for a copy that is loaded later.
 */
export const REGISTERED = Symbol.for('forkless/register');

/** Nothing had loaded the module before, so no other code can have replaced anything in it. */
const isFirst = !wasLoaded('child_process');

/**
 * The functions of `node:child_process` when this module was loaded, before `register` replaces them. They are Node's
 * own unless other code replaced them even earlier: see `isNodesOwn`.
 */
export const nodeChildProcess = stockFunctions();

function stockFunctions(): NodeChildProcess {
  const module = builtin('node:child_process');
  const left: unknown = Object.getOwnPropertyDescriptor(module, REGISTERED)?.value;
  return typeof left === 'object' && left !== null ? (left as NodeChildProcess) : { ...module };
}

/** ChildProcess.prototype.spawn at the same time. */
export const spawnAtLoad = (nodeChildProcess.ChildProcess as { prototype?: { spawn?: unknown } } | undefined)
  ?.prototype?.spawn;

const certain: ReadonlySet<unknown> = new Set(isFirst ? Object.values(nodeChildProcess) : []);

/** Is it one of these functions, and Node's own? false: unknown. */
export function isCertainlyNodesOwn(value: unknown): boolean {
  return certain.has(value);
}
