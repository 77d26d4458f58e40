// The table of the README: what a start costs a program that has memory, or descriptors.
import { bestOfC } from '../goals.mjs';
import { IN_FLIGHT } from '../plan.mjs';
import { count, size, time } from './format.mjs';

export function summary({ memory, descriptors, inFlight }) {
  const [base, second = base] = memory;
  const large = memory.at(-1);
  const crowded = descriptors.at(-1);
  const few = inFlight.find((point) => point.inFlight === IN_FLIGHT);
  const limit = few?.ways[bestOfC(few)]?.perSecond;
  return {
    name: 'summary',
    title: 'How long one start stops the event loop, and how many a second there are',
    columns: ['', '`posixSpawn`', '`spawn` of forkless', '`spawn` of Node'],
    rows: [
      ...[...new Set([base, second, large])].map((point) => held(inMemory(point), point, without)),
      held(`${inMemory(second)}, with three pipes`, second, pipes),
      held(`${count(crowded.descriptors)} open descriptors`, crowded, without),
      rate(
        `starts a second, ${IN_FLIGHT} at a time${limit ? ` (the best loop in C: ${count(limit.p50)})` : ''}`,
        few,
      ),
      rate(`the same, ${count(crowded.descriptors)} open descriptors`, crowded),
    ],
  };
}

const inMemory = (point) => `${size(point.megabytes)} in memory`;
const without = ['posixSpawn', 'dropIn', 'node'];
const pipes = [undefined, 'dropInPipes', 'nodePipes'];

function held(title, point, ways) {
  return [title, ...ways.map((way) => time(point.ways[way]?.held?.p50))];
}

function rate(title, point) {
  return [title, ...without.map((way) => count(point?.ways[way]?.perSecond?.p50))];
}
