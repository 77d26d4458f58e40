// For lifetime-watcher.test.ts: children that all end when the input of this process ends.
import { posixSpawn } from 'forkless';
import { readParameters, say } from '../../support/in-program.js';
import { probeArgv, probePath } from '../../support/probe.js';
import { childrenOf, openDescriptors } from '../../support/proc.js';

const { batches, batch } = readParameters<{ batches: number; batch: number }>();
await (await posixSpawn('/bin/true', ['true'])).exited;
const before = openDescriptors().size;
const codes: Record<string, number> = {};
const ends: Promise<void>[] = [];
for (let i = 0; i < batches; i++) await Promise.all(Array.from({ length: batch }, startOne));
say('started');
await Promise.all(ends);
say({ codes, left: childrenOf().length, descriptors: openDescriptors().size - before });

async function startOne(): Promise<void> {
  const child = await posixSpawn(probePath, probeArgv('echo-stdin'));
  const ended = child.exited.then(({ code }) => {
    codes[String(code)] = (codes[String(code)] ?? 0) + 1;
  });
  ends.push(ended);
}
