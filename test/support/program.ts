// Programs that tests run are files of their own, so that they are linted and typed: test/FOLDER/programs/NAME.ts. Each
// reads its parameters by `readParameters` and answers by `say`, both of in-program.ts.
import { fileURLToPath } from 'node:url';
import type { RunningNode, RunOptions, RunResult } from './run-node.js';
import { runNode, runNodeForValue, startNode } from './run-node.js';

export type ProgramOptions = Omit<RunOptions, 'args' | 'bare'>;

/** The compiled program `NAME`, in the folder `programs` beside the test with this `import.meta.url`. */
export function programPath(testUrl: string, name: string): string {
  return fileURLToPath(programUrl(testUrl, name));
}

/** As `programPath`, for `runWorker`, `new Worker` and `import`. */
export function programUrl(testUrl: string, name: string): URL {
  return new URL(`./programs/${name}.js`, testUrl);
}

/** Runs a program under the Node of the test until it has ended well. Resolves with the one value that it said. */
export function runProgram<T>(
  testUrl: string,
  name: string,
  parameters: unknown = null,
  options: ProgramOptions = {},
): Promise<T> {
  return runNodeForValue<T>(...call(testUrl, name, parameters, options));
}

/** As `runProgram`, for a program that may end in any way: resolves with all that it has written and how it ended. */
export function runProgramToEnd(
  testUrl: string,
  name: string,
  parameters: unknown = null,
  options: ProgramOptions = {},
): Promise<RunResult> {
  return runNode(...call(testUrl, name, parameters, options));
}

/** Starts a program and talks with it while it runs. Wait for `ended` in the end, or it is a leaked child. */
export function startProgram(
  testUrl: string,
  name: string,
  parameters: unknown = null,
  options: ProgramOptions = {},
): RunningNode {
  return startNode(...call(testUrl, name, parameters, options));
}

function call(
  testUrl: string,
  name: string,
  parameters: unknown,
  options: ProgramOptions,
): [script: URL, options: RunOptions] {
  return [programUrl(testUrl, name), { ...options, args: [JSON.stringify(parameters)] }];
}
