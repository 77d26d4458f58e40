// What a start by the drop-in costs, on each Node, each kind in a process of its own.
import { NEWER } from '../contenders.mjs';
import { BURST, IN_FLIGHT, SLOW } from '../plan.mjs';
import { absolute, bestOfC, percentiles, ratio } from './figures.mjs';

const kinds = [
  { way: 'dropIn', stock: 'node', name: 'no pipes', of: '≤ 0.45', rate: '≥ 0.9' },
  { way: 'dropInPipes', stock: 'nodePipes', name: 'three pipes', of: '≤ 0.55', rate: '≥ 0.7' },
];
/** By line of Node. */
const limits = {
  20: { posixSpawn: '≤ 50 µs', dropIn: '≤ 85 µs', dropInPipes: '≤ 180 µs' },
  24: { posixSpawn: '≤ 50 µs', dropIn: '≤ 85 µs', dropInPipes: '≤ 140 µs' },
};

export function dropInGoals({ nodes, nodesLimit, slow }) {
  const newer = nodes.find(isNewer);
  const older = nodes.filter((node) => node !== newer);
  return [
    ...older.map((node) => held(node, 'posixSpawn', 'posixSpawn')),
    ...kinds.flatMap((kind) => heldBy(kind, nodes, newer)),
    ...kinds.flatMap((kind) => tails(kind, older, newer)),
    ...kinds.flatMap((kind) => older.map((node) => throughput(kind, node, nodesLimit))),
    ...older.map(burst),
    ...slowStarts(slow),
  ];
}

/** Its libuv starts processes by posix_spawn. */
export function isNewer({ libuv }) {
  return libuv.localeCompare('1.53', 'en', { numeric: true }) >= 0;
}

function held({ line, ways }, way, title) {
  return absolute(`event loop held by ${title}, Node ${line}`, limits[line]?.[way] ?? '', ways[way]?.held);
}

function heldBy({ way, stock, name, of }, nodes, newer) {
  const title = `spawn, ${name}`;
  return nodes.flatMap((node) => [
    node !== newer && held(node, way, title),
    newer &&
      ratio(
        node === newer
          ? `event loop held by ${title}, ${NEWER}, to Node's own there`
          : `… to ${NEWER}, its own spawn`,
        of,
        node.ways[way]?.held,
        newer.ways[stock]?.held,
      ),
  ]);
}

function tails({ way, stock, name }, nodes, newer) {
  return nodes.flatMap(({ line, ways }) => {
    const figure = ways[way]?.held;
    const other = newer?.ways[stock]?.held;
    return [
      percentiles(`spawn, ${name}, Node ${line}: p90 to p50`, '≤ 2', figure?.p90, figure?.p50),
      percentiles(`… p99 to that of ${NEWER}`, '≤ 1', figure?.p99, other?.p99),
    ];
  });
}

function throughput({ way, name, rate }, { line, ways }, limit) {
  return ratio(
    `throughput of spawn, ${name}, Node ${line}, ${IN_FLIGHT} in flight, to the best C loop`,
    rate,
    ways[way]?.perSecond,
    limit.ways[bestOfC(limit)]?.perSecond,
  );
}

function burst({ line, ways }) {
  return ratio(
    `${BURST} starts in one turn by spawn, Node ${line}, to the same with FORKLESS_WAIT=1`,
    '≤ 1/2',
    ways.dropIn?.burst,
    ways.dropInWaiting?.burst,
  );
}

function slowStarts({ held: holding, cold }) {
  const titles = [
    [holding, `an exec takes ${SLOW.milliseconds} ms`],
    [cold, `a cold program of ${SLOW.megabytes} MB`],
  ];
  return titles.flatMap(([{ ways }, what]) => [
    absolute(`${what}: event loop held by posixSpawn`, '< 1 ms', ways.posixSpawn?.held),
    absolute('… by spawn, no pipes', '< 1 ms', ways.dropIn?.held),
    absolute('… by spawn, three pipes', '< 1 ms', ways.dropInPipes?.held),
  ]);
}
