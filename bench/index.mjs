// npm run bench: one table; with --json the figures it is made of. No time is ever a failure, what is left behind is.
import { faults, measureAll } from './measure.mjs';
import { table } from './table.mjs';

const json = process.argv.includes('--json');
const progress = (text) => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
};
const results = await measureAll(progress);
progress('');
console.log(json ? JSON.stringify(results, undefined, 2) : table(results));
for (const fault of faults(results)) {
  console.error(`forkless bench: ${fault}`);
  process.exitCode = 1;
}
