import { once } from 'node:events';
import workerThreads, { type TransferListItem, Worker } from 'node:worker_threads';
import { say } from '../../support/in-program.js';
import { withoutRequireWarning } from '../../support/require-warning.js';
import { messageOf, telling, textOf } from './worker-forms.js';

class Options {
  get env() {
    return { PATH: process.env['PATH'], KEY: 'value' };
  }
  get workerData() {
    return [1, { two: new Map([[3, 4]]) }].map((each) => (typeof each === 'object' ? each.two.size : each));
  }
}

async function outputsOf(worker: Worker): Promise<unknown[]> {
  worker.stdin?.end('in');
  const text = async (stream: NodeJS.ReadableStream & { toArray(): Promise<unknown[]> }) =>
    (await stream.toArray()).join('');
  const { stdout, stderr } = worker;
  return Promise.all([text(stdout), text(stderr).then(withoutRequireWarning), once(worker, 'exit')]);
}

const { port1 } = new MessageChannel();
workerThreads.setEnvironmentData('key', 'of the parent');
const given = {
  eval: true,
  argv: ['a', 5],
  env: { PATH: process.env['PATH'] },
  name: 'named',
  workerData: { a: 1 },
  resourceLimits: { maxOldGenerationSizeMb: 100 },
};
const speaking =
  "console.log('out'); console.error('err'); process.stdin.pipe(process.stdout); process.exitCode = 5";
say([
  await messageOf(new Worker(textOf(telling), given)),
  await messageOf(new Worker(telling, new Options())),
  await messageOf(
    new Worker(telling, { workerData: port1, transferList: [port1 as unknown as TransferListItem] }),
  ),
  await outputsOf(new Worker(speaking, { eval: true, stdin: true, stdout: true, stderr: true })),
  workerThreads.getEnvironmentData('key'),
]);
