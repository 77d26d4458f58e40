// npm run bench: tables. --json: the figures they are made of. --write: results.json, the picture and the tables in
// docs/performance.md; --out FOLDER: there. --quick: smaller, in a minute; --smoke: only to see that it runs.
// --from FILE: no run, the results of an earlier one. No time is ever a failure; what is left behind is.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { measureAll } from './measure.mjs';
import { asText } from './report/text.mjs';
import { writeAll } from './report/write.mjs';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    write: { type: 'boolean' },
    quick: { type: 'boolean' },
    smoke: { type: 'boolean' },
    from: { type: 'string' },
    out: { type: 'string' },
  },
});
const results = values.from
  ? JSON.parse(readFileSync(values.from, 'utf8'))
  : await measureAll(values.smoke ? 'smoke' : values.quick ? 'quick' : 'full', progress);
progress('');
console.log(values.json ? JSON.stringify(results, undefined, 2) : asText(results));
for (const what of results.leftOut) console.error(`LEFT OUT: ${what}`);
if (values.write) writeAll(results, values.out);
for (const fault of results.faults) {
  console.error(`forkless bench: ${fault}`);
  process.exitCode = 1;
}

/** On a terminal one line that changes. */
function progress(text) {
  const line = text && `${process.uptime().toFixed(0).padStart(4)} s  ${text}`;
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
  else if (line) process.stderr.write(`${line}\n`);
}
