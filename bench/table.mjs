import { machineLine } from './support/machine.mjs';

const WIDTHS = [44, 9, 9, 19, 9, 9, 19, 7];

/** One table for people. */
export function table(results) {
  const { small, gigabyte, smallAfterFork, gigabyteAfterFork, oneAtATime } = results;
  return [
    machineLine(results.machine),
    `Medians and 99th percentiles of ${results.repeats} processes each; in brackets the medians of single blocks, lowest to highest.`,
    '',
    row('one start of /bin/true', 'forkless', 'p99', '', 'other', 'p99', '', 'ratio'),
    versus('event loop held', small, 'node'),
    versus('  right after each fork of the other', smallAfterFork, 'node'),
    versus('event loop held, 1 GB touched', gigabyte, 'node'),
    versus('  right after each fork of the other', gigabyteAfterFork, 'node'),
    versus('until exec is known', { forkless: oneAtATime.execed }),
    versus(
      'until the exit is known',
      { forkless: oneAtATime.forkless, childProcess: oneAtATime.c },
      'C loop',
    ),
    versus('  the same', oneAtATime, 'node'),
    '',
    row('the drop-in, /bin/true', 'forkless', 'p99', '', 'other', 'p99', '', 'ratio'),
    versus('spawn with pipes: event loop held', results.dropIn, 'node'),
    versus('  1 GB touched', results.dropInGigabyte, 'node'),
    versus('spawnSync', results.dropInSync, 'node'),
    versus('  1 GB touched', results.dropInSyncGigabyte, 'node'),
    ...rates(results.inFlight),
    '',
    ...delays(results),
    '',
    ...leftovers(results.many),
  ].join('\n');
}

function versus(title, { forkless, childProcess }, other) {
  if (!other) return row(title, time(forkless.p50), time(forkless.p99), spread(forkless));
  const ratio = forkless.p50 / childProcess.p50;
  const shown = ratio < 0.8 ? `1/${Math.round(1 / ratio)}` : `${ratio.toFixed(2)}×`;
  return row(
    `${title.padEnd(WIDTHS[0] - other.length - 4)} : ${other}`,
    time(forkless.p50),
    time(forkless.p99),
    spread(forkless),
    time(childProcess.p50),
    time(childProcess.p99),
    spread(childProcess),
    shown,
  );
}

/** Of whole runs: the middle one, and the lowest and highest. */
function rates({ forkless, c, childProcess }) {
  const line = (title, { p50, spread: [low, high] }) =>
    `${title.padEnd(WIDTHS[0])}${p50.toFixed(0)} a second  (${low.toFixed(0)} – ${high.toFixed(0)})`;
  return [
    `${line("16 in flight, stdio 'ignore'", forkless)}  ${((forkless.p50 / c.p50) * 100).toFixed(0)} % of C`,
    line('  C loop of posix_spawn', c),
    line('  node:child_process', childProcess),
  ];
}

function delays({ stuckPaced, stuckBurst }) {
  const line = (title, { delay, idle, processorWait, p99OfEach }) =>
    `${title.padEnd(WIDTHS[0])}p50 ${ms(delay.p50)}  p99 ${ms(delay.p99)}  (runs: ${p99OfEach.map(ms).join(', ')})` +
    `  idle p50 ${ms(idle.p50)} p99 ${ms(idle.p99)}  waited for a processor ${ms(processorWait)}`;
  return [
    `500 starts, ${stuckPaced.stuck} of them stuck in open of a FIFO: event-loop delay, its timer's own 1 ms included`,
    line('one start each millisecond', stuckPaced),
    line('all in one turn of the loop', stuckBurst),
    `${'cancelled'.padEnd(WIDTHS[0])}${stuckPaced.cancelled} of ${stuckPaced.stuck}; ${stuckBurst.cancelled} of ${stuckBurst.stuck}`,
  ];
}

function leftovers({ spawns, perSecond, rung, memory: [before, after], descriptors, left }) {
  const line = (title, text) => `${title.padEnd(WIDTHS[0])}${text}`;
  return [
    line(`${spawns} starts, 8 at a time`, `${Math.round(perSecond)} a second, on rung ${rung} of 4`),
    line(
      'descriptors, children, zombies, signal mask',
      left.length ? left.join('; ') : `as before (${descriptors} open)`,
    ),
    line('resident memory', `${mb(before.resident)} → ${mb(after.resident)}`),
    line("  without V8's heap", `${mb(before.native)} → ${mb(after.native)}`),
  ];
}

function row(title, ...cells) {
  const [first, ...widths] = WIDTHS;
  return `${title.padEnd(first)}${cells.map((cell, index) => cell.padStart(widths[index])).join('')}`.trimEnd();
}

function spread({ spread: [low, high] }) {
  return `  (${time(low)} – ${time(high)})`;
}

function time(microseconds) {
  return microseconds < 1000 ? `${microseconds.toFixed(0)} µs` : ms(microseconds / 1000);
}

function ms(value) {
  return `${value.toFixed(value < 10 ? 2 : 0)} ms`;
}

function mb(bytes) {
  return `${(bytes / 2 ** 20).toFixed(0)} MB`;
}
