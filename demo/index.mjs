// npm run demo: what forkless does, on real programs. Every tick is checked; one that does not hold fails the demo.
import { features } from 'forkless';
import { cancelling } from './cancelling.mjs';
import { cost } from './cost.mjs';
import { errors } from './errors.mjs';
import { manySlots } from './many-slots.mjs';
import { pipeline } from './pipeline.mjs';
import { redirections } from './redirections.mjs';
import { withScratchFolder } from './scratch.mjs';
import { heading, note, verdict } from './show.mjs';

await withScratchFolder(async (folder) => {
  await heading('A pipeline of three, wired with openPipe and FileActions', pipeline);
  await heading('Redirections', () => redirections(folder));
  await heading('Which step failed, and why', errors);
  await heading('24 descriptors and a program that is not there', () => manySlots(folder));
  await heading('A start that hangs, cancelled', () => cancelling(folder));
  await heading('What one start costs the event loop', cost);
});
const { kernel, rung } = features();
note(`\nNode ${process.version}, Linux ${kernel} ${process.arch}, children made by rung ${rung} of 4`);
process.exitCode = verdict();
