// What an attribute adds to a start, and what the command costs that would set it: all in turn, in one process.
import { spawnSync as nodeSpawnSync } from 'node:child_process';
import { posixSpawnSync } from 'forkless';
import { spawnSync } from 'forkless/child_process';
import { attributeRows } from '../attributes.mjs';
import { compileNothing } from '../support/compile.mjs';
import { leftBehind, snapshot } from '../support/process-state.mjs';

/** A start is measured without pipes: what they cost is no attribute's. */
const NO_PIPES = { stdio: 'ignore' };

export default async function attributeCost({ rounds, warmUp }) {
  const program = compileNothing();
  const rows = attributeRows().filter(({ command }) => command.length === 0 || exists(command[0]));
  const ways = [{ name: 'none', options: {}, command: [] }, ...rows];
  for (let count = 0; count < warmUp; count++) for (const way of ways) await execed(program, way);
  const before = snapshot();
  const found = Object.fromEntries(ways.map(({ name }) => [name, { execed: [], exited: [], command: [] }]));
  // By themselves: after a command, caches are cold for whoever comes next, and that is more than an attribute costs.
  for (let round = 0; round < rounds * 5; round++)
    for (const way of round % 2 === 0 ? ways : ways.toReversed())
      found[way.name].execed.push(await execed(program, way));
  for (let round = 0; round < rounds; round++)
    for (const way of round % 2 === 0 ? ways : ways.toReversed()) {
      const times = found[way.name];
      times.exited.push(timed(() => spawnSync(program, [], { ...NO_PIPES, ...way.options })));
      const [file, ...args] = [...way.command, program];
      times.command.push(timed(() => nodeSpawnSync(file, args, NO_PIPES)));
    }
  const left = leftBehind(before, snapshot());
  return {
    found,
    missing: attributeRows().filter((row) => !rows.some(({ name }) => name === row.name)),
    left,
  };
}

/** Until exec is known; the end is waited for outside of the measurement. */
async function execed(program, { options }) {
  const begin = performance.now();
  const process = posixSpawnSync(program, ['nothing'], options);
  const time = performance.now() - begin;
  await process.exited;
  return time * 1000;
}

function timed(start) {
  const begin = performance.now();
  const { error, status } = start();
  const time = performance.now() - begin;
  if (error || status !== 0) throw error ?? new Error(`it ended with ${status}`);
  return time * 1000;
}

function exists(command) {
  return nodeSpawnSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' }).status === 0;
}
