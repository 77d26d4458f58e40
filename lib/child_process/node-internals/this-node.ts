import type { NativeObject } from './node-binding.js';
import { nodeBinding } from './node-binding.js';

/**
 * Behaviour that differs between versions of Node, partly within a major version. It is read from the running Node's
 * native modules and source, at first use. It is not tried out: a call of Node's function would be logged, traced, or
 * counted by a stub. If the source cannot be read, the newest Node's behaviour is assumed.
 */

/** Since 26.11: this thread's environment as `KEY=value`, even if other code has replaced `process.env`. */
export function nativePairs(): string[] | undefined {
  if (getPairs === undefined) getPairs = findPairs();
  return getPairs?.();
}

let getPairs: (() => string[]) | null | undefined;

function findPairs(): (() => string[]) | null {
  const wrap = nodeBinding('process_wrap');
  return wrap !== undefined && Object.hasOwn(wrap, 'getEnvPairs')
    ? (wrap['getEnvPairs'] as () => string[])
    : null;
}

interface NodeQuirks {
  /** Before some version of 22: if other code has replaced `process.env`, inherited keys of that object count too. */
  readonly passesInherited: boolean;
  /** The event that ends the timer of `timeout`: 'exit' before 24.22 and 26.10. */
  readonly timeoutEndsAt: 'exit' | 'close';
  /** stdout and stderr in the result of a synchronous function that could not start the program: null before 22. */
  readonly noOutput: null | undefined;
}

let known: NodeQuirks | undefined;

export function nodeQuirks(): NodeQuirks {
  known ??= readQuirks(nodeBinding('natives') ?? {});
  return known;
}

/** @param sources the source of each of Node's modules, by its name */
function readQuirks(sources: NativeObject): NodeQuirks {
  const textOf = (name: string): string => (Object.hasOwn(sources, name) ? String(sources[name]) : '');
  const outer = textOf('child_process');
  const inner = textOf('internal/child_process');
  return {
    passesInherited: outer.includes('options.env || process.env;'),
    timeoutEndsAt: /once\('exit', \(\) => {\s*if \(timeoutId\)/.test(outer) ? 'exit' : 'close',
    noOutput: inner.includes('result.stdout = result.output && result.output[1];') ? null : undefined,
  };
}
