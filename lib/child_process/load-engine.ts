import { nodeProcess } from '../builtin.js';
import { addReason, dropIn, useLoader } from '../drop-in.js';
import { BUNDLED, requireOwn } from '../own-files.js';
import { isPassing } from '../passing.js';
import { setTimeout } from './async/timers.js';
import type { Engine, Functions, Opened } from './functions.js';
import { nodeFunctions, nodeFunctionsUntil } from './functions.js';

/**
 * The engine takes ten times longer to load than what a program imports, so it is loaded by the first start, by
 * `features()`, or one second after the import: it reserves low descriptor numbers, which may be in use later
 * (docs/performance.md).
 */
const LATEST_MS = 1000;

let functions: Functions | undefined;
let loading = false;
let trouble: string | null = null;
let cause: unknown;

/**
 * The functions to call now: the engine's, or Node's if the engine cannot be used. While it cannot be loaded, but may be
 * later, Node's refuse our options: docs/child_process.md says that a start with one of them uses the engine.
 */
export function current(): Functions {
  if (functions !== undefined) return functions;
  try {
    load();
  } catch (error) {
    cause = error; // the stack is so deep that even the error could not be handled: the next start tries again
  }
  return functions ?? nodeFunctionsUntil(trouble, cause);
}

/** Lets the engine be loaded later. */
export function loadLater(): void {
  useLoader(() => {
    current();
    return functions === undefined ? trouble : null;
  });
  const timer = setTimeout(loadAhead, LATEST_MS) as Partial<NodeJS.Timeout> | undefined;
  timer?.unref?.(); // a fake clock that was there at the import may give a number
}

/** Nobody has asked for the engine: a failure decides nothing. A test may have replaced `node:fs` at this very moment. */
function loadAhead(): void {
  if (functions !== undefined) return;
  loading = true;
  try {
    const opened = open();
    if ('functions' in opened) settle(opened);
  } catch {
    // the first start will tell
  } finally {
    loading = false;
  }
}

function load(): void {
  if (loading) return; // what loads the files has started a process
  loading = true;
  try {
    const opened = open();
    trouble = null;
    settle(opened);
  } catch (error) {
    cause = error;
    trouble = describe(error);
    if (!isPassing(error)) settle({ reason: trouble, warns: true });
  } finally {
    loading = false;
  }
}

function open(): Opened {
  if (requireOwn === undefined) return { reason: BUNDLED, warns: true };
  return (requireOwn('./forkless.js') as Engine).openDropIn();
}

function describe(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const [line = ''] = text.split('\n');
  return `its engine cannot be loaded: ${line}`;
}

function settle(opened: Opened): void {
  if ('reason' in opened) {
    Object.assign(dropIn, { backend: 'node', reason: opened.reason });
    functions = nodeFunctions;
    if (opened.warns) warn(opened.reason);
  } else {
    dropIn.backend = 'forkless';
    functions = opened.functions;
    addReason(opened.reasonNow);
  }
}

function warn(reason: string): void {
  nodeProcess.emitWarning(
    `forkless/child_process hands out Node's own functions: ${reason}`,
    'ForklessWarning',
  );
}
