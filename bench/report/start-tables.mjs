// The tables of the drop-in on several Nodes, of an exec that takes long, and of what the package adds to a Node process.
import { contenders } from '../contenders.mjs';
import { bestOfC } from '../goals/figures.mjs';
import { kindTitles } from '../nodes.mjs';
import { BURST, IN_FLIGHT, SLOW } from '../plan.mjs';
import { startUpKinds } from '../start-up.mjs';
import { count, milliseconds, size, spread, time } from './format.mjs';

export function nodesTables({ nodes, nodesLimit }) {
  const limit = nodesLimit.ways[bestOfC(nodesLimit)]?.perSecond?.p50;
  const rate = ({ p50 }) => `${count(p50)} (${Math.round((p50 / limit) * 100)} %)`;
  return nodes.map(({ version, libuv, ways }) => ({
    name: 'nodes',
    title: `Node ${version} on libuv ${libuv}, each row in a process of its own; in brackets: of the best C loop, without pipes`,
    columns: [
      '',
      'loop held: p50, p90, p99',
      'lowest – highest',
      `starts a second, ${IN_FLIGHT} in flight`,
      `loop held by ${BURST} starts in one turn`,
    ],
    rows: kindTitles
      .filter(({ key }) => ways[key]?.held)
      .map(({ key, title }) => {
        const { held, perSecond, burst } = ways[key];
        const percentiles = [held.p50, held.p90, held.p99].map(time).join(', ');
        return [title, percentiles, spread(held, time), rate(perSecond), time(burst.p50)];
      }),
  }));
}

export function slowTable({ slow: { held, cold } }) {
  const cell = ({ ways }, way, figure) => time(ways[way]?.[figure]?.p50);
  const rows = contenders
    .filter(({ way }) => held.ways[way] || cold.ways[way])
    .map(({ way, title }) => [
      title,
      ...[held, cold].flatMap((point) => [cell(point, way, 'held'), cell(point, way, 'exited')]),
    ]);
  const [first, second] = [
    `exec takes ${SLOW.milliseconds} ms`,
    `cold program of ${count(SLOW.megabytes)} MB`,
  ];
  return {
    name: 'slow',
    title: 'An exec that takes long, p50',
    columns: ['', `${first}: loop held`, 'end known', `${second}: loop held`, 'end known'],
    rows,
  };
}

/** @returns no table for results from before these were measured */
export function attributesTables({ attributes = [] }) {
  const [base] = attributes;
  if (base === undefined) return [];
  const cell = (figure) => (figure ? `${time(figure.p50)} (${time(figure.p90)})` : '–');
  const more = ({ plain, set }, figure) => {
    const difference = set[figure].p50 - plain[figure].p50;
    return `${difference < 0 ? '−' : '+'}${time(Math.abs(difference))}`;
  };
  const both = (row, figure) => `${cell(row.set[figure])}, ${more(row, figure)}`;
  const nameOf = ({ name, memory, megabytes }) =>
    `\`${name}\`${memory === 'own' ? ', own memory' : ''}${megabytes === base.megabytes ? '' : `, ${size(megabytes)}`}`;
  return [
    {
      name: 'attributes',
      title: 'A start with an attribute: p50 (p90), and how much more than without',
      columns: [
        '',
        'posixSpawn: loop held',
        'exec known',
        'posixSpawnSync: exec known',
        'spawn: loop held',
        'spawnSync, until the end',
        'Node and the command',
        'Python',
      ],
      rows: [
        [
          'no attribute',
          ...['held', 'execed', 'sync', 'dropIn', 'exited', 'command', 'python'].map((figure) =>
            cell(base.plain[figure]),
          ),
        ],
        ...attributes.map((row) => [
          nameOf(row),
          ...['held', 'execed', 'sync', 'dropIn'].map((figure) => both(row, figure)),
          ...['exited', 'command', 'python'].map((figure) => cell(row.set[figure])),
        ]),
      ],
    },
  ];
}

export function startUpTable({ startUp }) {
  return {
    name: 'start-up',
    title: "What the package adds to the same with an empty file; the first start: to Node's own",
    columns: ['', ...startUp.flatMap(({ version }) => [`Node ${version}: processor time`, 'elapsed time'])],
    rows: (startUp.length > 0 ? startUpKinds : []).map(({ kind, title }) => [
      title,
      ...startUp.flatMap(({ ways }) => [added(ways[kind], 'processor'), added(ways[kind], 'wall')]),
    ]),
  };
}

/** With what it is added to. */
function added(figures, name) {
  const figure = figures?.[name];
  if (!figure) return '–';
  const sign = figure.p50 < 0 ? '−' : '+';
  const without = milliseconds(figures[`${name}Without`].p50 / 1000);
  return `${sign}${milliseconds(Math.abs(figure.p50) / 1000)} to ${without}`;
}
