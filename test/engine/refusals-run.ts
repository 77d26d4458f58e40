import { seccompRun } from '../support/launchers.js';
import { startProgram } from '../support/program.js';
import type { Trial } from './programs/refusals-battery.js';

/** When the filter comes: with the process, before its first start, or after starts of each kind. */
export type Moment = 'launch' | 'first' | 'later';

export interface Refusal {
  /** As in test/native/helpers/seccomp-rules.h. */
  readonly rules: readonly string[];
  readonly moment: Moment;
  readonly env?: Readonly<Record<string, string>>;
}

/** Title to value, in their order. */
export type Battery = ReadonlyMap<string, unknown>;

const DEADLINE_MS = 10_000;

/** What came of the battery. A program that hangs or breaks off says so as its last trial, `'end'`. */
export async function runBattery({ rules, moment, env = {} }: Refusal): Promise<Battery> {
  const parameters = { moment, rules: moment === 'launch' ? [] : rules };
  const node = startProgram(import.meta.url, 'refusals-battery', parameters, {
    launcher: moment === 'launch' ? seccompRun(...rules) : [],
    env: { FORKLESS_RUNG: undefined, FORKLESS_FLAT: undefined, ...env },
    // Whatever it leaves is in its process group, and does not outlive the test.
    detached: true,
    deadlineMs: DEADLINE_MS,
  });
  node.endInput();
  const trials = new Map<string, unknown>();
  try {
    const { code, signal, stdout, stderr } = await node.ended;
    for (const { title, value } of linesOf(stdout)) trials.set(title, value);
    trials.set('end', [signal ?? code, stderr]);
  } catch (error) {
    const text = (error as Error).message;
    for (const { title, value } of linesOf(text)) trials.set(title, value);
    trials.set('end', text.split('\n')[0]);
  }
  trials.set('outlived by', killGroup(node.pid));
  return trials;
}

function linesOf(text: string): Trial[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}

function killGroup(leader: number): string {
  try {
    process.kill(-leader, 'SIGKILL');
    return 'something';
  } catch {
    return 'nothing';
  }
}

const references = new Map<string, Promise<Battery>>();

/** The same without a filter, run once. */
export function referenceOf({ moment, env = {} }: Refusal): Promise<Battery> {
  // One that is there from the beginning has no other trials than one that comes before the first start.
  const same = moment === 'launch' ? 'first' : moment;
  const key = JSON.stringify([same, env]);
  let reference = references.get(key);
  if (reference === undefined) {
    reference = runBattery({ rules: [], moment: same, env });
    references.set(key, reference);
  }
  return reference;
}
