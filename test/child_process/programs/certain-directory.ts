// Starts a known program in a directory, again and again. Says how many starts were as good as certain, how many
// descriptors of that directory are left open in this process, and how many slots of the shared table are gone.
import { mkdirSync, realpathSync } from 'node:fs';
import { spawn } from 'forkless/child_process';
import { binding } from '#lib/binding.js';
import { say } from '../../support/in-program.js';
import { openDescriptors, reservedNumbers } from '../../support/proc.js';
import { tempPath } from '../../support/temp.js';

const STARTS = 40;
const folder = tempPath('folder');
mkdirSync(folder);
const cwd = realpathSync(folder);

async function run(options: object): Promise<void> {
  const child = spawn('true', { stdio: 'ignore', ...options });
  await new Promise((resolve) => child.on('close', resolve));
}

await run({});
const slots = reservedNumbers().length;
const before = binding().certainCount();
for (let start = 0; start < STARTS; start++) await run({ cwd });
const certain = binding().certainCount() - before;
// The slots of the last start are returned at the latest by the next one.
await run({});
const left = [...openDescriptors().values()].filter((target) => target === cwd).length;
say([certain, left, slots - reservedNumbers().length]);
