import type { Held } from './node-binding.js';
import { nodeBinding } from './node-binding.js';

/**
 * What differs from one Node to the next, some of it within a major version, and cannot be tried out without a trace. It
 * is asked of the Node that runs: of its native modules, and of its own source. Each when it is first wanted; what
 * cannot be read is taken as the newest Node has it.
 */

/** Since 26.11: the variables of this thread as `KEY=value`, whatever stands in the place of `process.env`. */
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

interface Habits {
  /** Until some time in 22: an object in the place of `process.env` gives its inherited keys too. */
  readonly passesInherited: boolean;
  /** What the `timeout` of `spawn` waits for: 'exit' before 24.22 and 26.10. */
  readonly timeoutEndsAt: 'exit' | 'close';
  /** What a synchronous start that failed has as stdout and stderr: null before 22. */
  readonly noOutput: null | undefined;
}

let known: Habits | undefined;

export function habits(): Habits {
  known ??= readHabits(nodeBinding('natives') ?? {});
  return known;
}

/** The source of Node's own modules by their names. */
function readHabits(sources: Held): Habits {
  const textOf = (name: string): string => (Object.hasOwn(sources, name) ? String(sources[name]) : '');
  const outer = textOf('child_process');
  const inner = textOf('internal/child_process');
  return {
    passesInherited: outer.includes('options.env || process.env;'),
    timeoutEndsAt: /once\('exit', \(\) => {\s*if \(timeoutId\)/.test(outer) ? 'exit' : 'close',
    noOutput: inner.includes('result.stdout = result.output && result.output[1];') ? null : undefined,
  };
}
