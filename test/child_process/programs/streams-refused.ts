import { once } from 'node:events';
import { spawn } from 'forkless/child_process';
import { say } from '../../support/in-program.js';
import { childrenOf, openDescriptors } from '../../support/proc.js';
import { until } from '../../support/until.js';

interface Pipe {
  open(fd: number): number;
}

await once(spawn('/bin/true'), 'close');
const internals = process as unknown as { binding(name: string): { Pipe: { prototype: Pipe } } };
const { prototype } = internals.binding('pipe_wrap').Pipe;
const { open } = prototype;
const before = openDescriptors().size;
const outcomes: string[] = [];
for (const refused of [1, 2, 3]) {
  let count = 0;
  prototype.open = function (fd) {
    return ++count === refused ? -24 - count : open.call(this, fd);
  };
  try {
    const child = spawn('sleep', ['60']);
    child.on('error', () => {});
    child.stdin?.destroy();
    outcomes.push('started');
  } catch (error) {
    outcomes.push(`${(error as NodeJS.ErrnoException).code} after ${count}`);
  }
  prototype.open = open;
}
await until('no child runs', () => childrenOf().length === 0);
await until('no descriptor is left', () => openDescriptors().size <= before);
say(outcomes);
process.exit();
