// node bench/libraries.mjs [MEGABYTES]: how long an awaited `true` takes by libraries, in a program with that much memory
// (default 800), with forkless/register and without it. In turns, each in a process of its own; medians of the medians of
// three processes. For docs/libraries.md.
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

const STARTS = 25;
const FIRST = 5;
const ROUNDS = 3;

const installed = new URL(`../node_modules/.cache/clients/${process.version}/package.json`, import.meta.url);
const load = (name) => import(pathToFileURL(createRequire(installed).resolve(name)).href);

/** Each resolves with a function that starts `true` and whose promise is resolved when it has ended. */
const libraries = {
  async execa() {
    const { execa } = await load('execa');
    return () => execa('/bin/true');
  },
  async 'nano-spawn'() {
    const { default: spawn } = await load('nano-spawn');
    return () => spawn('/bin/true');
  },
  async tinyexec() {
    const { x } = await load('tinyexec');
    return () => x('/bin/true');
  },
  async zx() {
    const { $ } = await load('zx');
    return () => $`true`;
  },
  async 'cross-spawn'() {
    const { default: spawn } = await load('cross-spawn');
    return () => new Promise((resolve) => spawn('/bin/true').once('close', resolve));
  },
};

const [first = '800', size = '800'] = process.argv.slice(2);
if (first in libraries) console.log(await measure(libraries[first], Number(size)));
else compareAll(first);

function compareAll(megabytes) {
  console.log(`ms to the end of true, ${megabytes} MB\n\n| | Node | forkless |\n|---|--:|--:|`);
  for (const name of Object.keys(libraries)) {
    const times = [[], []];
    for (let round = 0; round < ROUNDS; round++)
      for (const [index, flags] of [[], ['--import', 'forkless/register']].entries())
        times[index].push(
          Number(
            execFileSync(process.execPath, [...flags, fileURLToPath(import.meta.url), name, megabytes], {
              encoding: 'utf8',
            }),
          ),
        );
    console.log(`| ${name} | ${times.map((list) => medianOf(list).toFixed(1)).join(' | ')} |`);
  }
}

async function measure(library, megabytes) {
  const start = await library();
  const memory = Buffer.alloc(megabytes << 20, 1);
  const times = [];
  for (let count = 0; count < STARTS; count++) {
    const begin = performance.now();
    await start();
    times.push(performance.now() - begin);
  }
  if (memory[0] !== 1) throw new Error('the memory is not in use');
  return medianOf(times.slice(FIRST));
}

function medianOf(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}
