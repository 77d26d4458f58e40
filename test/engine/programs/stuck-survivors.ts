// The parent of lifetime-stuck.test.ts, as `stuck-survivors`: two children between clone and exec, one of them stopped as well, outlast
// everything that could take from under them what they run on.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Process } from 'forkless';
import { posixSpawn } from 'forkless';
import { say } from '../../support/in-program.js';
import type { ProbeReport } from '../../support/probe.js';
import { probeArgv, probePath } from '../../support/probe.js';
import { childrenOf, stateOf, stuckChildren } from '../../support/proc.js';
import { release, stuckOn, untilStuck } from '../../support/stuck.js';
import { makeFifo, tempPath } from '../../support/temp.js';
import { until } from '../../support/until.js';

const ROUNDS = 20;
const BATCH = 50;

class LongStart {
  readonly fifo = makeFifo();
  readonly #reportPath = tempPath('report');
  readonly #argv: readonly string[];
  readonly #env: readonly string[];
  readonly #started: Promise<Process>;

  constructor(name: string) {
    this.#argv = probeArgv('report-to', this.#reportPath, ...Array.from({ length: 300 }, (_, i) => name + i));
    this.#env = Array.from({ length: 300 }, (_, i) => `${name}${i}=${'v'.repeat(i)}`);
    this.#started = posixSpawn(probePath, this.#argv, { ...stuckOn(this.fifo), env: this.#env });
  }

  /** Whether the program has got, to the letter, what was asked for long ago. */
  async isIntact(): Promise<boolean> {
    const { code } = await (await this.#started).exited;
    const report: ProbeReport = JSON.parse(readFileSync(this.#reportPath, 'latin1'));
    return code === 0 && report.argv.join() === this.#argv.join() && report.env.join() === this.#env.join();
  }
}

const stuck = new LongStart('stuck');
const [stuckPid = 0] = await untilStuck(1);
const stopped = new LongStart('stopped');
const [stoppedPid = 0] = (await untilStuck(2)).filter((pid) => pid !== stuckPid);
process.kill(stoppedPid, 'SIGSTOP');
await until('it is stopped', () => stateOf(stoppedPid) === 'T');

const worker = new Worker(new URL('./stuck-worker.js', import.meta.url), {
  workerData: { fifo: stuck.fifo },
});
await once(worker, 'message');
await until('the one of the Worker is stuck', () => stuckChildren().length === 2);
await worker.terminate();
await until('it has gone with its Worker', () => childrenOf().length === 2);

let rightCodes = 0;
for (let round = 0; round < ROUNDS; round++) {
  const codes = await Promise.all(Array.from({ length: BATCH }, (_, code) => exitCodeOf(code)));
  rightCodes += codes.filter((code, index) => code === index).length;
  makeGarbage();
}

const states = [stuckPid, stoppedPid].map(stateOf);
release(stuck.fifo);
const intact = [await stuck.isIntact()];
process.kill(stoppedPid, 'SIGCONT');
await untilStuck(1);
release(stopped.fifo);
intact.push(await stopped.isIntact());
say({ rightCodes, states, intact, left: childrenOf().length });

async function exitCodeOf(code: number): Promise<number | null> {
  const child = await posixSpawn(probePath, probeArgv('exit', code));
  return (await child.exited).code;
}

function makeGarbage(): void {
  const blocks = Array.from({ length: 1000 }, (_, byte) => Buffer.alloc(4096, byte));
  if (blocks.length === 0 || globalThis.gc === undefined) throw new Error('needs --expose-gc');
  globalThis.gc();
}
