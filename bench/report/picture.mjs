// The picture: how long one start holds the thread, against memory and against descriptors. An SVG without a script or
// a font of its own; it follows the reader's light or dark background.
import { count, size, time } from './format.mjs';
import { line, text } from './svg.mjs';

const series = [
  { way: 'posixSpawn', label: 'forkless posixSpawn', kind: 'ours' },
  { way: 'dropInPipes', label: 'forkless spawn, pipes', kind: 'ours second' },
  { way: 'nodePipes', label: 'Node spawn, pipes', kind: 'node' },
  { way: 'sidPipes', label: 'Node, libuv 1.53+, pipes', kind: 'node second' },
  { way: 'bun', label: 'Bun.spawn', kind: 'bun' },
  { way: 'deno', label: 'Deno.Command', kind: 'deno' },
  { way: 'python', label: 'Python Popen', kind: 'python' },
  { way: 'posix_spawn', label: 'C posix_spawn', kind: 'c' },
  { way: 'fork', label: 'C fork + exec', kind: 'fork' },
];

const WIDTH = 1140;
const HEIGHT = 470;
const PLOT = { top: 78, height: 306, width: 262 };
const LABEL_STEP = 16;

/** On light, on dark. */
const inks = {
  ours: ['#0969da', '#58a6ff'],
  node: ['#cf222e', '#ff7b72'],
  bun: ['#bf3989', '#f778ba'],
  deno: ['#1a7f37', '#56d364'],
  python: ['#9a6700', '#e3b341'],
  c: ['#57606a', '#b1bac4'],
  fork: ['#8250df', '#d2a8ff'],
};

const style = `
  text { font: 12.5px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: #24292f; }
  .title { font-size: 18px; font-weight: 600; } .head { font-weight: 600; } .small { font-size: 11.5px; fill: #57606a; }
  .grid { stroke: #d8dee4; } .link { opacity: .5; } .series { fill: none; stroke-width: 2; }
  .ours .series { stroke-width: 3.5; } .ours text { font-weight: 600; } .second .series { stroke-dasharray: 8 5; }
${inkRules(0)}
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; } .small { fill: #9198a1; } .grid { stroke: #3d444d; }
${inkRules(1)}
  }`;

function inkRules(shade) {
  return Object.entries(inks)
    .map(
      ([kind, shades]) =>
        `  .${kind} path { stroke: ${shades[shade]}; } .${kind} :not(path) { fill: ${shades[shade]}; }`,
    )
    .join('\n');
}

export function picture({ memory, descriptors, machine, date }) {
  const scale = scaleOf([...memory, ...descriptors]);
  const { cpu, cores, kernel, node } = machine;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="title">`,
    `<title id="title">How long one start of a process holds the thread that asks for it</title>`,
    `<style>${style}\n</style>`,
    text(20, 30, 'How long one start of a process holds the thread that asks for it', 'class="title"'),
    text(
      20,
      50,
      'Median of /bin/true. The scale is logarithmic: each line is ten times the one below it.',
      'class="small"',
    ),
    panel(70, 'by resident memory', memory, ({ megabytes }) => size(megabytes), scale),
    panel(632, 'by open descriptors', descriptors, (point) => count(point.descriptors), scale),
    text(20, HEIGHT - 12, `Node ${node}, Linux ${kernel}, ${cpu} × ${cores}; ${date}`, 'class="small"'),
    '</svg>\n',
  ].join('\n');
}

/** Whole decades around all that is drawn. */
function scaleOf(points) {
  const values = points.flatMap(({ ways }) => series.map(({ way }) => ways[way]?.held?.p50).filter(Boolean));
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  const y = (value) => PLOT.top + PLOT.height * (1 - (Math.log10(value) - low) / (high - low));
  return { y, decades: Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index)) };
}

function panel(left, head, points, name, { y, decades }) {
  const x = (index) => left + 12 + (index * (PLOT.width - 24)) / Math.max(1, points.length - 1);
  const bottom = PLOT.top + PLOT.height;
  const lines = series
    .map((one) => ({ ...one, drawn: valuesOf(one.way, points) }))
    .filter(({ drawn }) => drawn.length > 0);
  const labelled = spreadLabels(lines, y);
  return [
    ...decades.map((value) => line(left, y(value), left + PLOT.width, y(value), 'class="grid"')),
    ...decades.map((value) =>
      text(left - 8, y(value) + 4, decadeName(value), 'text-anchor="end" class="small"'),
    ),
    ...points.map((point, index) => text(x(index), bottom + 20, name(point), 'text-anchor="middle"')),
    text(left + PLOT.width / 2, bottom + 42, head, 'text-anchor="middle" class="head"'),
    ...labelled.map((one) => mark(one, x, y, left + PLOT.width)),
  ].join('\n');
}

/** Points that were not measured are passed over. */
function valuesOf(way, points) {
  return points
    .map(({ ways }, index) => ({ index, value: ways[way]?.held?.p50 }))
    .filter(({ value }) => value !== undefined);
}

/** Labels stand at the ends of their lines, moved apart where those are too close. */
function spreadLabels(lines, y) {
  const placed = lines
    .map((one) => ({ ...one, at: y(one.drawn.at(-1).value) }))
    .toSorted((a, b) => a.at - b.at);
  for (const [index, one] of placed.entries())
    one.at = Math.max(one.at, index === 0 ? 0 : placed[index - 1].at + LABEL_STEP);
  let lowest = PLOT.top + PLOT.height + 4;
  for (const one of placed.toReversed()) {
    one.at = Math.min(one.at, lowest);
    lowest = one.at - LABEL_STEP;
  }
  return placed;
}

function mark({ kind, label, drawn, at }, x, y, right) {
  const corners = drawn.map(({ index, value }) => [x(index), y(value)]);
  const path = corners.map(
    ([left, top], index) => `${index === 0 ? 'M' : 'L'}${left.toFixed(1)} ${top.toFixed(1)}`,
  );
  const [endX, endY] = corners.at(-1);
  return [
    `<g class="${kind}">`,
    `<path class="series" d="${path.join(' ')}"/>`,
    ...corners.map(([left, top]) => `<circle cx="${left.toFixed(1)}" cy="${top.toFixed(1)}" r="3.5"/>`),
    `<path class="link" d="M${(endX + 5).toFixed(1)} ${endY.toFixed(1)} L${right + 12} ${at.toFixed(1)}"/>`,
    text(right + 16, at + 4, `${label} ${time(drawn.at(-1).value)}`),
    '</g>',
  ].join('\n');
}

function decadeName(value) {
  if (value < 1000) return `${value} µs`;
  return value < 1e6 ? `${value / 1000} ms` : `${value / 1e6} s`;
}
