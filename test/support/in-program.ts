// For the programs that tests run (see program.ts): it loads nothing of the library.
import { writeSync } from 'node:fs';

/** What the test has given to `runProgram`. */
export function readParameters<T>(): T {
  return JSON.parse(process.argv[2] ?? 'null');
}

/** Writes a line of JSON to stdout at once: it is out even if the process dies next. */
export function say(value: unknown): void {
  writeSync(1, `${JSON.stringify(value)}\n`);
}
