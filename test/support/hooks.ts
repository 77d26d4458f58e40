// For mocha's --require. No test file may leave anything behind: a descriptor, a child (running or zombie), another
// signal mask. And the tests must be of this source: no prebuilt binary, no mode of the probe that nobody asks for.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { features, posixSpawn } from 'forkless';
import { at } from './paths.js';
import { childrenOf, openDescriptors, statusField } from './proc.js';
import { runWorker } from './run-worker.js';
import { until } from './until.js';

interface State {
  readonly descriptors: ReadonlyMap<number, string>;
  readonly mask: string;
}

let before: State;
/** Said once: the next file is not to blame. */
const reported = new Set<string>();

export const mochaHooks = {
  async beforeAll(this: Mocha.Context): Promise<void> {
    expectOwnBinary();
    await openWhatStaysOpen();
    before = currentState();
    // One top-level suite is one file: what it leaves is put down to it, after its own last hook.
    for (const suite of this.test?.parent?.suites ?? [])
      suite.afterAll('leaves nothing behind', expectNothingLeft);
  },

  async afterAll(): Promise<void> {
    await expectNothingLeft();
  },
};

function expectOwnBinary(): void {
  const { binary, reason } = features();
  const folder = process.env['FORKLESS_TEST_BINARY'] ?? 'build/Release/';
  if (binary === null || !binary.startsWith(at(folder)))
    throw new Error(`the tests are for ${folder}, not for ${binary ?? reason}`);
}

/** Node and the library open some descriptors at first use and keep them. */
async function openWhatStaysOpen(): Promise<void> {
  execFileSync('/bin/true');
  await once(spawn('/bin/true'), 'close'); // libuv's first stream of a loop opens /dev/null
  await runWorker('');
  const child = await posixSpawn('/bin/true', ['true']);
  await child.exited;
}

function currentState(): State {
  return { descriptors: openDescriptors(), mask: statusField('SigBlk') };
}

async function expectNothingLeft(): Promise<void> {
  try {
    // A socket is closed in the next round of the loop.
    await until('nothing is left behind', () => leftovers().length === 0);
  } catch {
    const found = leftovers();
    for (const leftover of found) reported.add(leftover);
    throw new Error(`left behind: ${found.join('; ')}`);
  }
}

function leftovers(): string[] {
  const { descriptors, mask } = currentState();
  const found = childrenOf().map(
    ({ pid, state, command }) => `child ${pid} (${command}${state === 'Z' ? ', zombie' : ''})`,
  );
  for (const [fd, target] of descriptors)
    if (before.descriptors.get(fd) !== target) found.push(`descriptor ${fd} (${target})`);
  for (const [fd, target] of before.descriptors)
    if (!descriptors.has(fd)) found.push(`descriptor ${fd} (${target}) closed`);
  if (mask !== before.mask) found.push(`signal mask ${mask}, was ${before.mask}`);
  return found.filter((leftover) => !reported.has(leftover));
}
