// Node is the oracle: a case is written once, runs with the functions of `node:child_process` and with those of
// `forkless/child_process`, and what was observed must be the same.
import type { ChildProcess } from 'node:child_process';
import nodeChildProcess from 'node:child_process';
import { expect } from 'chai';
import oursChildProcess from 'forkless/child_process';
import { programUrl } from '../support/program.js';
import { withoutRequireWarning } from '../support/require-warning.js';
import type { RunOptions, RunResult } from '../support/run-node.js';
import { runNode } from '../support/run-node.js';
import { makeFile } from '../support/starts.js';
import { describeValue } from './describe-value.js';
import { type Outcome, throws } from './event-log.js';

/** One of the two modules, with functions that take anything: many cases pass what the types forbid. */
export interface Door {
  readonly name: 'node:child_process' | 'forkless/child_process';
  readonly spawn: (...args: readonly unknown[]) => ChildProcess;
  readonly exec: (...args: readonly unknown[]) => ChildProcess;
  readonly execFile: (...args: readonly unknown[]) => ChildProcess;
  readonly fork: (...args: readonly unknown[]) => ChildProcess;
  readonly ChildProcess: new () => ChildProcess & { spawn(options: unknown): unknown };
  /** The whole module, typed as Node's. */
  readonly module: typeof nodeChildProcess;
}

/** Of the Node that runs. */
export const major = Number(process.versions.node.split('.')[0]);

/**
 * Whether the libuv that runs starts processes by posix_spawn(3), as 1.53 does: then Node refuses what has no `#!`.
 * differences.test.ts has what else changes.
 */
export const byPosixSpawn = refusesScripts();

function refusesScripts(): boolean {
  const { error, status } = nodeChildProcess.spawnSync(makeFile('exit 3\n'));
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (status !== 3 && code !== 'ENOEXEC') throw new Error(`neither run nor ENOEXEC: ${status} ${code}`);
  return status !== 3;
}

export const nodes = doorOf('node:child_process', nodeChildProcess);
export const ours = doorOf('forkless/child_process', oursChildProcess);

/**
 * A test: `run` observes one door, and both observations are the same. `check` says what is right about them, so that
 * two broken doors cannot agree on nothing.
 */
export function same<T>(
  title: string,
  run: (cp: Door) => T | Promise<T>,
  check: (observed: T) => void,
): void {
  it(title, async () => {
    await compare(run, check);
  });
}

/** As `same`, of a file whose format the kernel does not know. Where Node starts by posix_spawn(3), it throws ENOEXEC. */
export function sameWithoutFormat(
  title: string,
  run: (cp: Door) => Promise<Outcome>,
  check: (observed: Outcome) => void,
): void {
  if (!byPosixSpawn) return same(title, run, check);
  it(title, async () => {
    check(await run(ours));
    throws('ENOEXEC', /^spawn ENOEXEC$/)(await run(nodes));
  });
}

/** As the test that `same` makes. */
export async function compare<T>(
  run: (cp: Door) => T | Promise<T>,
  check: (observed: T) => void,
  [expected, actual]: readonly [Door, Door] = [nodes, ours],
): Promise<void> {
  const wanted = await run(expected);
  expectSame(wanted, await run(actual), check);
}

function expectSame<T>(wanted: T, got: T, check: (observed: T) => void): void {
  expect(describeValue(got), 'ours is not as Node’s').to.deep.equal(describeValue(wanted));
  check(wanted);
  check(got);
}

export interface DoorOptions extends RunOptions {
  /** For lines of children that run side by side. */
  readonly anyOrder?: boolean;
}

/** What a program is given besides. */
export interface ProgramOptions extends Omit<DoorOptions, 'args'> {
  readonly parameters?: unknown;
}

/**
 * As `same` for a whole process, which runs programs/NAME.ts with `cp` of programs/door.ts. Compared is what it has
 * written, and how it ended. Of the library only the door is loaded, and only in its own run.
 */
export function sameProgram(
  title: string,
  name: string,
  check: (result: RunResult) => void,
  options: ProgramOptions = {},
): void {
  sameRun(title, (cp) => runDoorProgram(cp, name, options), check, options);
}

/** As `sameProgram` for the text of a few lines, in which `cp` is the module. */
export function sameScript(
  title: string,
  script: string,
  check: (result: RunResult) => void,
  options: DoorOptions = {},
): void {
  sameRun(title, (cp) => runScript(cp, script, options), check, options);
}

function sameRun(
  title: string,
  run: (cp: Door) => Promise<RunResult>,
  check: (result: RunResult) => void,
  { anyOrder = false }: DoorOptions,
): void {
  it(title, async () => {
    const [wanted, got] = await Promise.all(
      [nodes, ours].map(async (cp) => {
        const result = await run(cp);
        return anyOrder ? { ...result, stdout: result.stdout.split('\n').sort().join('\n') } : result;
      }),
    );
    if (wanted && got) expectSame(wanted, got, check);
  });
}

export function runDoorProgram(cp: Door, name: string, options: ProgramOptions = {}): Promise<RunResult> {
  const { parameters = null, ...more } = options;
  const args = [JSON.stringify(parameters)];
  return runThroughDoor(cp, programUrl(import.meta.url, name), { ...more, args });
}

export function runScript(cp: Door, script: string, options: RunOptions = {}): Promise<RunResult> {
  // The text is the same for both, so that what an error shows of it is too.
  const prelude = `import { cp, door } from ${JSON.stringify(programUrl(import.meta.url, 'door').href)};`;
  return runThroughDoor(cp, `${prelude} ${script}`, { bare: true, ...options });
}

async function runThroughDoor(cp: Door, script: string | URL, options: RunOptions): Promise<RunResult> {
  const { stdout, stderr, ...result } = await runNode(script, {
    deadlineMs: 15_000,
    ...options,
    env: { ...options.env, DOOR: cp.name },
  });
  return { ...result, stdout: withoutRun(stdout), stderr: withoutRun(stderr) };
}

/** Text without what differs from run to run: the file of the script, and Node's own pid in a warning. */
function withoutRun(text: string): string {
  return withoutRequireWarning(text)
    .replace(/(file:\/\/)?\/\S*\/scripts\/\d+-\d+\.mjs/g, 'SCRIPT')
    .replace(/^\(node:\d+\)/gm, '(node:PID)')
    .replace(/^CHILD_PROCESS \d+/gm, 'CHILD_PROCESS PID');
}

function doorOf(name: Door['name'], module: typeof nodeChildProcess): Door {
  const loose = module as unknown as Omit<Door, 'name' | 'module'>;
  return {
    name,
    spawn: loose.spawn,
    exec: loose.exec,
    execFile: loose.execFile,
    fork: loose.fork,
    ChildProcess: loose.ChildProcess,
    module,
  };
}
