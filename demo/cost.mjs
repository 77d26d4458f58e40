import { inFreshProcess } from '../bench/support/fresh-process.mjs';
import { summarize } from '../bench/support/stats.mjs';
import { claim, note, table } from './show.mjs';

/** How long the call holds the loop: each in turns with the other, in one process for each size of the heap. */
export async function cost() {
  const cases = [
    ['small heap', { gigabytes: 0, rounds: 40, turn: 6 }],
    ['1 GB touched', { gigabytes: 1, rounds: 10, turn: 6 }],
  ];
  const rows = [['median for /bin/true', 'node:child_process', 'forkless', '']];
  let always = true;
  for (const [title, options] of cases) {
    const result = await inFreshProcess('loop-cost', options);
    const [theirs, ours] = [summarize(result.childProcess).p50, summarize(result.forkless).p50];
    always &&= ours < theirs;
    rows.push([title, time(theirs), time(ours), `${Math.round(theirs / ours)} times less`]);
  }
  table(rows);
  claim('forkless holds the event loop for less time', always);
  note('   (npm run bench measures this with care)');
}

function time(microseconds) {
  return microseconds < 1000 ? `${microseconds.toFixed(0)} µs` : `${(microseconds / 1000).toFixed(1)} ms`;
}
