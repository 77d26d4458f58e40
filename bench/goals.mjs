// The goals, as figures of one run beside each other. They are shown and never enforced: a machine has bad days.
import { IN_FLIGHT } from './plan.mjs';
import { count, size } from './report/format.mjs';

/** @returns {{what, unit, measured, spread, goal}[]} The spread of a ratio is that of its parts at their worst and best. */
export function goalsOf({ memory, descriptors, inFlight, live }) {
  const [base, gigabyte] = memory;
  // where nothing but the base had room there is nothing to compare
  const [large, crowded, many] = [memory, descriptors, live].map((points) => points.slice(1).at(-1));
  const [few] = live;
  const sixteen = inFlight.find((point) => point.inFlight === IN_FLIGHT);
  const held = (point, way) => point?.ways[way]?.held;
  const rate = (point, way) => point?.ways[way]?.perSecond;
  const limit = rate(sixteen, bestOfC(sixteen));
  const cost = (figure, way = 'posixSpawn') => [many?.ways[way]?.[figure], few?.ways[way]?.[figure]];
  const open = (point) => count(point?.descriptors);
  return [
    absolute('event loop held by posixSpawn, p50', '≤ 60', 'µs', held(base, 'posixSpawn')),
    ratio('… to Bun.spawn', '≤ 0.5', held(base, 'posixSpawn'), held(base, 'bun')),
    ratio(
      `… at ${size(large?.megabytes)}, to a process of ${size(base?.megabytes)} beside it`,
      '≤ 1.3',
      held(large, 'posixSpawn'),
      large?.beside,
    ),
    ratio(
      `… at ${open(crowded)} descriptors, to a process with ${open(descriptors[0])} beside it`,
      '≤ 1.3',
      held(crowded, 'posixSpawn'),
      crowded?.beside,
    ),
    ratio(
      `throughput of posixSpawn, ${IN_FLIGHT} in flight, to the best C loop`,
      '≥ 0.75, better 0.9',
      rate(sixteen, 'posixSpawn'),
      limit,
    ),
    ratio('… of spawn without pipes', '≥ 0.75, better 0.9', rate(sixteen, 'dropIn'), limit),
    ratio(
      `… of posixSpawn at ${open(crowded)} descriptors, to Node`,
      '≥ 8',
      rate(crowded, 'posixSpawn'),
      rate(crowded, 'node'),
    ),
    ratio('… to C posix_spawn', '≥ 5', rate(crowded, 'posixSpawn'), rate(crowded, 'posix_spawn')),
    ratio(
      `event loop held by spawn with pipes, ${size(base?.megabytes)}, to Node`,
      '≤ 1/4',
      held(base, 'dropInPipes'),
      held(base, 'nodePipes'),
    ),
    ratio(
      `… at ${size(gigabyte?.megabytes)}`,
      '≤ 1/150',
      held(gigabyte, 'dropInPipes'),
      held(gigabyte, 'nodePipes'),
    ),
    ratio(
      `a start among ${count(many?.children)} live children, to one among ${count(few?.children)}`,
      '≤ 1.5',
      ...cost('start'),
    ),
    ratio('… an end', '≤ 1.5', ...cost('end')),
    ratio('… one end of all together', '≤ 1.5', ...cost('endTogether')),
    ratio('… a start in C, for comparison', '', ...cost('start', 'posix_spawn')),
  ].filter(Boolean);
}

/** The key of the C way with the most starts a second: the physical limit of one loop. */
export function bestOfC(point) {
  const rate = (way) => point?.ways[way]?.perSecond?.p50 ?? 0;
  return ['posix_spawn', 'vfork', 'fork'].toSorted((a, b) => rate(b) - rate(a))[0];
}

function ratio(what, goal, above, below) {
  if (!above || !below) return undefined;
  const spread = [above.spread[0] / below.spread[1], above.spread[1] / below.spread[0]];
  return { what, unit: '×', measured: above.p50 / below.p50, spread, goal };
}

function absolute(what, goal, unit, figure) {
  return figure && { what, unit, measured: figure.p50, spread: figure.spread, goal };
}
