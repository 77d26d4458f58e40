// For concurrent.test.ts: the starts of this thread get their verdicts while those of a Worker hang before exec.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { posixSpawn } from 'forkless';
import { readParameters, say } from '../../support/in-program.js';
import { probeArgv, probePath } from '../../support/probe.js';
import { childrenOf } from '../../support/proc.js';
import { makeFifo } from '../../support/temp.js';
import { until } from '../../support/until.js';

const BATCH = 50;
const { rounds } = readParameters<{ rounds: number }>();
const worker = new Worker(new URL('./concurrent-hanging-worker.js', import.meta.url), {
  workerData: { fifo: makeFifo(), count: BATCH },
});
await once(worker, 'message');
let verdicts = 0;
let aborted = 0;
for (let round = 0; round < rounds; round += BATCH) {
  worker.postMessage('hang');
  const starts = Array.from({ length: BATCH }, (_, index) =>
    index % 5 === 4 ? codeOfMissing() : posixSpawn(probePath, probeArgv('block')),
  );
  let settled = 0;
  for (const start of starts) void Promise.resolve(start).then(() => settled++);
  await until(`every verdict of round ${round}`, () => settled === BATCH);
  for (const result of await Promise.all(starts)) {
    if (typeof result === 'string') verdicts += Number(result === 'ENOENT');
    else if (result.kill('SIGKILL') && (await result.exited).signal === 'SIGKILL') verdicts++;
  }
  worker.postMessage('stop');
  const [count] = await once(worker, 'message');
  aborted += count;
}
await worker.terminate();
say({ verdicts, aborted, left: childrenOf().length });

function codeOfMissing(): Promise<string> {
  return posixSpawn('/no/such/program', ['x']).then(
    () => 'started',
    ({ code }) => code,
  );
}
