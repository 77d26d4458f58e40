// What must not grow: with memory, descriptors, starts in flight, live children.
import { IN_FLIGHT } from '../plan.mjs';
import { count, size } from '../report/format.mjs';
import { bestOfC, ratio } from './figures.mjs';

export function scaleGoals({ memory, descriptors, inFlight, live }) {
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
    ratio(
      'event loop held by posixSpawn, to Bun.spawn',
      '≤ 0.5',
      held(base, 'posixSpawn'),
      held(base, 'bun'),
    ),
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
      '≥ 0.9',
      rate(sixteen, 'posixSpawn'),
      limit,
    ),
    ratio(
      `… at ${open(crowded)} descriptors, to Node`,
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
  ];
}
