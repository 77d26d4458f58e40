// The tables, as data: [{name, title, columns, rows}]; several may have one name. text.mjs and markdown.mjs print the same ones.
import { contenders } from '../contenders.mjs';
import { bestOfC } from '../goals/figures.mjs';
import { count, megabytes, milliseconds, ratio, size, spread, time, times } from './format.mjs';
import { attributesTables, nodesTables, slowTable, startUpTable } from './start-tables.mjs';
import { summary } from './summary.mjs';

export function tablesOf(results) {
  return [
    summary(results),
    ...goals(results),
    oneStart(results),
    ...nodesTables(results),
    slowTable(results),
    ...attributesTables(results),
    startUpTable(results),
    axis(
      'memory',
      'Event loop held by one start, by resident memory: p50 (p99)',
      results.memory,
      (point) => size(point.megabytes),
      ({ held }) => times(held),
    ),
    axis(
      'descriptors',
      'Event loop held by one start, by open descriptors: p50 (p99)',
      results.descriptors,
      (point) => `${count(point.descriptors)} open`,
      ({ held }) => times(held),
    ),
    axis(
      'descriptors-exec',
      'Until exec is known, by open descriptors: p50 (p99)',
      results.descriptors,
      (point) => `${count(point.descriptors)} open`,
      ({ execed }) => execed && times(execed),
    ),
    axis(
      'descriptors-rate',
      'Starts a second, 16 in flight, by open descriptors (in brackets: of the best C loop)',
      results.descriptors,
      (point) => `${count(point.descriptors)} open`,
      rateOf,
    ),
    axis(
      'in-flight',
      'Starts a second, by starts in flight (in brackets: of the best C loop)',
      results.inFlight,
      (point) => `${count(point.inFlight)} in flight`,
      rateOf,
    ),
    axis(
      'delay',
      "Event-loop delay above the timer's own 1 ms, by starts in flight: p50 (p99)",
      results.inFlight,
      (point) => `${count(point.inFlight)} in flight`,
      ({ delayP50, delayP99 }) => delayP99 && `${milliseconds(delayP50.p50)} (${milliseconds(delayP99.p50)})`,
    ),
    ...live(results),
    afterFork(results),
    stuck(results),
    leftovers(results),
  ].filter(({ rows }) => rows.length > 0);
}

function goals({ goals }) {
  const titles = [...new Set(goals.map(({ part }) => part))];
  return titles.map((title) => ({
    name: 'goals',
    title,
    columns: ['', 'measured', 'lowest – highest', 'goal'],
    rows: goals
      .filter(({ part }) => part === title)
      .map(({ what, unit, goal, ...figure }) => {
        const format = unit === 'µs' ? time : ratio;
        return [what, format(figure.measured), spread(figure, format), goal];
      }),
  }));
}

/** The base of all axes. */
function oneStart({ memory: [base], inFlight: [single] }) {
  const best = bestOfC(single);
  const limit = base.ways[best]?.exited.p50;
  return {
    name: 'one-start',
    title: `One start of /bin/true after the other, ${size(base.megabytes)}, few descriptors: p50 (p99)`,
    columns: ['', 'loop held', 'lowest – highest', 'exec known', 'end known', 'end, to the best C loop'],
    rows: present(base).map(({ way, title }) => {
      const { held, execed, exited } = base.ways[way];
      return [
        title,
        times(held),
        spread(held, time),
        times(execed),
        times(exited),
        ratio(exited.p50 / limit),
      ];
    }),
  };
}

function axis(name, title, points, head, cell) {
  const rows = present(...points).map((contender) => [
    contender.title,
    ...points.map((point) => (point.ways[contender.way] && cell(point.ways[contender.way], point)) || '–'),
  ]);
  return {
    name,
    title,
    columns: ['', ...points.map(head)],
    rows: rows.filter(([, ...cells]) => cells.some((text) => text !== '–')),
  };
}

function rateOf({ perSecond }, point) {
  if (!perSecond) return undefined;
  const limit = point.ways[bestOfC(point)]?.perSecond?.p50;
  return limit
    ? `${count(perSecond.p50)} (${Math.round((perSecond.p50 / limit) * 100)} %)`
    : count(perSecond.p50);
}

function live({ live: [few, ...points] }) {
  return points.map((point) => ({
    name: 'live',
    title: `${count(point.children)} live children; in brackets: to the same among ${count(few.children)}`,
    columns: ['', 'one more start', 'one end', 'all end together, each', 'memory of the parent for each'],
    rows: present(point).map(({ way, title }) => {
      const { start, end, endTogether, memory } = point.ways[way];
      const cell = (figure, name) => `${time(figure.p50)} (${ratio(figure.p50 / few.ways[way][name].p50)})`;
      return [
        title,
        cell(start, 'start'),
        cell(end, 'end'),
        cell(endTogether, 'endTogether'),
        `${(memory.p50 / 1024).toFixed(1)} KB`,
      ];
    }),
  }));
}

function afterFork({ afterFork }) {
  return {
    name: 'after-fork',
    title: 'Event loop held by one posixSpawn, each right after a fork of Node: p50 (p99)',
    columns: ['', 'forkless posixSpawn', 'lowest – highest', 'Node spawn, no pipes'],
    rows: afterFork.map(({ megabytes, forkless, childProcess }) => [
      size(megabytes),
      times(forkless),
      spread(forkless, time),
      times(childProcess),
    ]),
  };
}

function stuck({ stuckPaced, stuckBurst }) {
  const row = (title, { delay, idle, processorWait, p99OfEach, cancelled, stuck }) => [
    title,
    `${milliseconds(delay.p50)} (${milliseconds(delay.p99)})`,
    p99OfEach.map(milliseconds).join(', '),
    `${milliseconds(idle.p50)} (${milliseconds(idle.p99)})`,
    milliseconds(processorWait),
    `${cancelled} of ${stuck}`,
  ];
  return {
    name: 'stuck',
    title: "500 starts, 50 of them stuck in open of a FIFO: event-loop delay, its timer's own 1 ms included",
    columns: ['', 'p50 (p99)', 'p99 of each run', 'idle', 'waited for a processor', 'cancelled'],
    rows: [row('one start each millisecond', stuckPaced), row('all in one turn of the loop', stuckBurst)],
  };
}

function leftovers({ many: { spawns, atATime, perSecond, rung, memory, descriptors, left } }) {
  const [before, after] = memory;
  return {
    name: 'leftovers',
    title: `What ${count(spawns)} starts leave behind, ${atATime} at a time`,
    columns: ['', ''],
    rows: [
      ['starts a second, rung', `${count(perSecond)}, ${rung} of 4`],
      [
        'descriptors, children, zombies, signal mask',
        left.length > 0 ? left.join('; ') : `as before (${descriptors} descriptors)`,
      ],
      ['resident memory', `${megabytes(before.resident)} → ${megabytes(after.resident)}`],
      ["… without V8's heap", `${megabytes(before.native)} → ${megabytes(after.native)}`],
    ],
  };
}

/** The contenders that any of the points knows. */
function present(...points) {
  return contenders.filter(({ way }) => points.some(({ ways }) => ways[way]));
}
