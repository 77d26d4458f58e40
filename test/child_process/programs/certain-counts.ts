// Of three starts of the same program, one after the other: which have not waited for exec. CHANGES=groups: before the
// last one the process gets other groups.
import { spawn } from 'forkless/child_process';
import { binding } from '#lib/binding.js';
import { say } from '../../support/in-program.js';

const counts: number[] = [];
for (let index = 0; index < 3; index++) {
  if (index === 2 && process.env['CHANGES'] === 'groups') process.setgroups?.([12, 345]);
  const before = binding().certainCount();
  const child = spawn('true', { stdio: 'ignore' });
  counts.push(binding().certainCount() - before);
  await new Promise((resolve) => child.on('close', resolve));
}
say(counts);
