// For exec-fd.test.ts, under each way to make a child: a program by its descriptor.
import { openSync } from 'node:fs';
import { isMainThread, parentPort } from 'node:worker_threads';
import { readParameters, say } from '../../support/in-program.js';
import { probeArgv, probePath } from '../../support/probe.js';
import { runWorker } from '../../support/run-worker.js';
import { ways } from '../ways.js';

const O_PATH = 0o10000000;

async function battery(): Promise<object> {
  const results: Record<string, unknown> = {};
  const [execFd, path] = [openSync(probePath, 'r'), openSync(probePath, O_PATH)];
  for (const [name, start] of ways) {
    const ask = async (fd: number) => {
      const answer = await start('x', probeArgv('report', 1).slice(1), { execFd: fd });
      return typeof answer === 'string' ? JSON.parse(answer).exe : answer;
    };
    results[name] = { program: await ask(execFd), path: await ask(path), closed: await ask(99) };
  }
  return results;
}

if (!isMainThread) parentPort?.postMessage(await battery());
else if (readParameters<{ worker: boolean }>().worker) say(await runWorker(new URL(import.meta.url)));
else say(await battery());
