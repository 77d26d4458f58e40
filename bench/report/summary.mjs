// The table of the README: what starting a process costs a program that holds much memory or many descriptors. Bun and the
// C loop stand beside it, also where they are faster.
import { NEWER } from '../contenders.mjs';
import { IN_FLIGHT, SLOW } from '../plan.mjs';
import { count, size, time } from './format.mjs';

const plain = ['posixSpawn', 'dropIn', 'node', 'sid', 'bun', 'vfork'];
const withPipes = [undefined, 'dropInPipes', 'nodePipes', 'sidPipes', undefined, undefined];

export function summary({ memory, descriptors, inFlight, slow }) {
  const [base, second = base] = memory;
  const large = memory.at(-1);
  const crowded = descriptors.at(-1);
  const few = inFlight.find((point) => point.inFlight === IN_FLIGHT);
  return {
    name: 'summary',
    title: 'Time that starting one process blocks the calling thread, and processes started per second',
    columns: [
      '',
      'forkless `posixSpawn`',
      'forkless `spawn`',
      'Node `spawn`',
      `${NEWER} \`spawn\``,
      '`Bun.spawn`',
      'C, vfork and exec',
    ],
    rows: [
      ...[...new Set([base, second, large])].map((point) =>
        times(`blocked, ${inMemory(point)}`, point, 'held', plain),
      ),
      ...[...new Set([base, second])].map((point) =>
        times(`blocked, ${inMemory(point)}, three pipes`, point, 'held', withPipes),
      ),
      times(`blocked, ${open(crowded)}`, crowded, 'held', plain),
      times(`blocked, exec takes ${SLOW.milliseconds} ms`, slow.held, 'held', plain),
      times(`call to end of /bin/true, ${inMemory(base)}`, base, 'exited', plain),
      rates('per second, one at a time', inFlight[0]),
      rates(`per second, ${IN_FLIGHT} at a time`, few),
      rates(`per second, ${IN_FLIGHT} at a time, ${open(crowded)}`, crowded),
    ],
  };
}

const inMemory = (point) => `${size(point.megabytes)} in memory`;
const open = (point) => `${count(point.descriptors)} open descriptors`;

function times(title, point, figure, ways) {
  return [title, ...ways.map((way) => time(point.ways[way]?.[figure]?.p50))];
}

function rates(title, point) {
  return [title, ...plain.map((way) => count(point?.ways[way]?.perSecond?.p50))];
}
