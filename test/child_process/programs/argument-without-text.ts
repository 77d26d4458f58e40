import { once } from 'node:events';
import { spawn } from 'forkless/child_process';
import { say } from '../../support/in-program.js';
import { openDescriptors } from '../../support/proc.js';
import { until } from '../../support/until.js';

await once(spawn('/bin/true'), 'close');
const before = openDescriptors().size;
const noText = {
  toString(): string {
    throw new Error('no text');
  },
};
for (let round = 0; round < 20; round++) {
  try {
    const child = spawn('/bin/true', [noText as string]); // Node 20 throws, later ones take it for an empty text
    child.stdout.resume();
    child.stderr.resume();
    await once(child, 'close');
  } catch (error) {
    if ((error as Error).message !== 'no text') throw error;
  }
}
await until('the streams are closed', () => openDescriptors().size <= before).catch(() => {});
say(openDescriptors().size - before);
