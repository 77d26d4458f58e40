// The sentences at the head of docs/performance.md: what the tables say, in the figures of the same run.
import { NEWER } from '../contenders.mjs';
import { bestOfC } from '../goals/figures.mjs';
import { IN_FLIGHT, SLOW } from '../plan.mjs';
import { count, size, time } from './format.mjs';

const WIDTH = 118;

export function highlights(results) {
  return [oneStart, memory, descriptors, inFlight, slow, loading]
    .map((sentence) => sentence(results))
    .filter(Boolean)
    .map((sentence) => wrapped(`* ${sentence}`))
    .join('\n');
}

/** As the rest of the page. */
function wrapped(text) {
  return text.replace(new RegExp(`(.{1,${WIDTH}})(?: |$)`, 'g'), (_, line, at) =>
    at === 0 ? line : `\n  ${line}`,
  );
}

function oneStart({ memory: [base] }) {
  const held = (way) => time(base.ways[way]?.held.p50);
  const both = (way) => `${held(way)} (${held(`${way}Pipes`)} with three pipes)`;
  return [
    `**One start, ${size(base.megabytes)}**: \`posixSpawn\` blocks the event loop for ${held('posixSpawn')}, \`spawn\` for`,
    `${both('dropIn')}. Node's own \`spawn\` blocks it for ${both('node')}${base.ways.sid ? `, that of ${NEWER} for ${both('sid')}` : ''}.`,
  ].join(' ');
}

function memory({ memory: points }) {
  const sizes = `${size(points[0].megabytes)} to ${size(points.at(-1).megabytes)}`;
  return `**Memory, ${sizes}**: ${ranges(points)}.`;
}

function descriptors({ descriptors: points }) {
  const open = `${count(points[0].descriptors)} to ${count(points.at(-1).descriptors)}`;
  return `**Open descriptors, ${open}**: ${ranges(points)}.`;
}

/** Of all points the lowest and the highest. */
function ranges(points) {
  const range = (way) => {
    const values = points.map(({ ways }) => ways[way]?.held?.p50).filter((value) => value !== undefined);
    return `${time(Math.min(...values))} to ${time(Math.max(...values))}`;
  };
  const newer = points.some(({ ways }) => ways.sid) ? `, ${NEWER} ${range('sid')}` : '';
  return `\`posixSpawn\` ${range('posixSpawn')}, \`spawn\` ${range('dropIn')}; Node ${range('node')}${newer}`;
}

function inFlight({ inFlight: points, descriptors }) {
  const point = points.find((one) => one.inFlight === IN_FLIGHT);
  const crowded = descriptors.at(-1);
  if (!point) return undefined;
  return [
    `**Many at once, ${IN_FLIGHT} in flight**, starts a second compared with the best C loop: ${shares(point)}.`,
    `With ${count(crowded.descriptors)} open descriptors: ${shares(crowded)}.`,
  ].join(' ');
}

function shares(point) {
  const limit = point.ways[bestOfC(point)]?.perSecond?.p50;
  const share = (way) => `${Math.round((point.ways[way].perSecond.p50 / limit) * 100)} %`;
  const newer = point.ways.sid?.perSecond ? `, ${NEWER} ${share('sid')}` : '';
  return `\`posixSpawn\` ${share('posixSpawn')}, \`spawn\` ${share('dropIn')}; Node ${share('node')}${newer}`;
}

function slow({ slow: { held } }) {
  const time50 = (way) => time(held.ways[way]?.held.p50);
  if (!held.ways.dropIn) return undefined;
  const newer = held.ways.sid ? `, ${NEWER} for ${time50('sid')}` : '';
  return [
    `**An exec that takes ${SLOW.milliseconds} ms**, of a program that was started before: \`posixSpawn\` blocks the event`,
    `loop for ${time50('posixSpawn')}, \`spawn\` for ${time50('dropIn')}; Node for ${time50('node')}${newer}, C vfork for ${time50('vfork')}.`,
  ].join(' ');
}

function loading({ startUp }) {
  if (startUp.length === 0) return undefined;
  const each = startUp.map(({ line, ways }) => {
    const added = (kind) => time(ways[kind].processor.p50);
    return `${added('require')} in Node ${line} (each Worker ${added('worker')})`;
  });
  return `**Loading** by \`--require forkless/register\` costs each Node process, in processor time: ${each.join(', ')}.`;
}
