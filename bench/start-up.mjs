// What the package adds to a Node process: each program with it and with an empty file in its place, in turns.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { posixSpawn } from 'forkless';
import { addBlocks, median } from './support/stats.mjs';

const BLOCKS = 3;
const at = (file) => fileURLToPath(new URL(`start-up/${file}`, import.meta.url));
const register = import.meta.resolve('forkless/register');
const [empty, emptyModule] = [at('empty.cjs'), new URL('start-up/empty.mjs', import.meta.url).href];
const required = (program) => [
  ['--require', fileURLToPath(register), program],
  ['--require', empty, program],
];

/** `programs`: with the package, without. `tells`: the program itself says what a part of it costs. */
export const startUpKinds = [
  { kind: 'require', title: '`--require forkless/register`', programs: required(empty) },
  {
    kind: 'import',
    title: '`--import forkless/register`',
    programs: [
      ['--import', register, empty],
      ['--import', emptyModule, empty],
    ],
  },
  { kind: 'worker', title: 'a Worker, after register', programs: required(at('worker.cjs')), tells: true },
  {
    kind: 'firstStart',
    title: 'the first start, after register',
    programs: required(at('first-start.cjs')),
    tells: true,
  },
  {
    kind: 'childProcess',
    title: "`import 'forkless/child_process'`",
    programs: [[at('import-child-process.mjs')], [at('import-empty.mjs')]],
  },
];

/**
 * @param nodes what findNodes() has found
 * @returns {Promise<{line, version, samples}[]>} samples: {kind: {wall, processor, wallWithout, processorWithout}}; the
 *   first two are differences of medians in microseconds, one a block; the others lists of blocks
 */
export async function measureStartUp(plan, { own, newest }, progress) {
  const found = [];
  for (const { program, line, version } of [own, newest].filter(Boolean)) {
    const samples = {};
    for (const { kind, title, programs, tells } of startUpKinds) {
      progress(`${title.replaceAll('`', '')}, Node ${version}`);
      samples[kind] = await compare(plan, programs, (args) =>
        tells ? ask(program, args) : run(program, args),
      );
    }
    found.push({ line, version, samples });
  }
  return found;
}

async function compare(plan, programs, measure) {
  const samples = {};
  for (let block = 0; block < BLOCKS; block++) {
    const [added, without] = [{}, {}];
    for (let count = 0; count < Math.max(1, plan.startUps / BLOCKS); count++) {
      const order = count % 2 === 0 ? [0, 1] : [1, 0];
      for (const index of order) collect(index === 0 ? added : without, await measure(programs[index]));
    }
    for (const [name, list] of Object.entries(added))
      addBlocks(samples, {
        [name]: median(list) - median(without[name]),
        [`${name}Without`]: without[name],
      });
  }
  return samples;
}

function collect(lists, figures) {
  for (const [name, value] of Object.entries(figures)) {
    lists[name] ??= [];
    lists[name].push(value);
  }
}

/** The whole process. */
async function run(program, args) {
  const begin = performance.now();
  const child = await posixSpawn(program, [program, ...args], { env: environment() });
  const { code, resourceUsage } = await child.exited;
  const wall = (performance.now() - begin) * 1000;
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`);
  const { userCPUTime, systemCPUTime } = resourceUsage;
  return { wall, processor: userCPUTime + systemCPUTime };
}

async function ask(program, args) {
  const { stdout } = await promisify(execFile)(program, args, { env: environment() });
  return JSON.parse(stdout);
}

/** Without what would load more into every Node. */
function environment() {
  const { NODE_OPTIONS: _, ...env } = process.env;
  return env;
}
