// While very many starts hang before exec, a start of a known program waits. Says whether the drop-in's was as good as
// certain: before, meanwhile and afterwards.
import { posixSpawn } from 'forkless';
import { spawn } from 'forkless/child_process';
import { binding } from '#lib/binding.js';
import { readParameters, say } from '../../support/in-program.js';
import { release, stuckOn, untilStuck } from '../../support/stuck.js';

const { fifo, count } = readParameters<{ fifo: string; count: number }>();

async function certainStarts(): Promise<number> {
  const before = binding().certainCount();
  const child = spawn('true', { stdio: 'ignore' });
  const certain = binding().certainCount() - before;
  await new Promise((resolve) => child.on('close', resolve));
  return certain;
}

await certainStarts();
const before = await certainStarts();
const starts = Array.from({ length: count }, () => posixSpawn('/bin/true', ['true'], stuckOn(fifo)));
await untilStuck(count);
const meanwhile = await certainStarts();
release(fifo);
for (const child of await Promise.all(starts)) await child.exited;
say([before, meanwhile, await certainStarts()]);
