// What an attribute may add to a start. An empty list for results from before these were measured.
import { size } from '../report/format.mjs';
import { ratio } from './figures.mjs';

export function attributeGoals({ attributes = [] }) {
  const [base] = attributes;
  const rows = attributes.filter(({ megabytes }) => megabytes === base.megabytes);
  const shared = rows.filter(({ memory, thread }) => memory === 'shared' && !thread);
  const ofOwn = rows.filter(({ memory }) => memory === 'own');
  const byCost = (list, figure) => list.toSorted((a, b) => more(a, figure) - more(b, figure));
  // Synchronously: the event loop learns of an exec at once or 300 µs later, as the kernel places the child.
  const cheap = byCost(shared, 'sync');
  const [middle, dearest] = [cheap[cheap.length >> 1], cheap.at(-1)];
  const own = byCost(ofOwn, 'sync').at(-1);
  const usual = byCost(ofOwn, 'execed');
  const held = byCost(ofOwn, 'held').at(-1);
  return [
    added(
      'attributes in shared memory, more to exec known by posixSpawnSync: the median',
      '≤ 5 µs',
      middle,
      'sync',
    ),
    added(`… the dearest, ${dearest?.name}`, '≤ 5 µs', dearest, 'sync'),
    ...rows
      .filter(({ thread }) => thread)
      .map((row) => added(`… ${row.name}, for which a thread is made`, '', row, 'sync')),
    added(
      `attributes with own memory, more to exec known by posixSpawnSync: the dearest, ${own?.name}`,
      '≤ 150 µs',
      own,
      'execed',
    ),
    added('… the median of them, by posixSpawn', '≤ 150 µs', usual[usual.length >> 1], 'execed'),
    ratio(
      `… event loop held by posixSpawn, to a plain start: the dearest, ${held?.name}`,
      '≤ 1.8',
      held?.set.held,
      held?.plain.held,
    ),
    ...attributes
      .filter(({ megabytes, memory }) => memory === 'own' && megabytes !== base.megabytes)
      .flatMap((row) => {
        const small = rows.find(({ name }) => name === row.name);
        const to = `${row.name} at ${size(row.megabytes)}, to ${size(base.megabytes)}`;
        return [
          ratio(`… ${to}: loop held`, '≤ 1.1', row.set.held, small?.set.held),
          ratio(`… ${to}: exec known`, '≤ 1.1', row.set.execed, small?.set.execed),
        ];
      }),
  ].filter(Boolean);
}

function more({ plain, set }, figure) {
  return set[figure].p50 - plain[figure].p50;
}

/** The difference to a start without the attribute, beside it. */
function added(what, goal, row, figure) {
  if (row === undefined) return undefined;
  const [set, plain] = [row.set[figure].spread, row.plain[figure].spread];
  const spread = [set[0] - plain[1], set[1] - plain[0]];
  return { what, unit: 'µs', measured: more(row, figure), spread, goal };
}
