// What one attribute adds to a start, and what the command costs that would set it: all in turn, in one process.
import { spawnSync as nodeSpawnSync } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { posixSpawn, posixSpawnSync } from 'forkless';
import { spawn, spawnSync } from 'forkless/child_process';
import { attributeRows } from '../attribute-rows.mjs';
import { occupy } from '../hosts/occupy.mjs';
import { compileNothing } from '../support/compile.mjs';
import { leftBehind, snapshot } from '../support/process-state.mjs';

/** A start is measured without pipes: what they cost is no attribute's. */
const NO_PIPES = { stdio: 'ignore' };
const BLOCKS = 5;
const nothing = openSync('/dev/null', 'r+');
const basic = { fds: [nothing, nothing, nothing], cloexecDefault: true };

/** Held to the end: what is garbage may be gone before the first start. */
export let memory = [];

/** @returns {Promise<{plain, set, left} | {refused: string}>} `plain`, `set`: {figure: blocks of microseconds} */
export default async function attributeCost({ name, megabytes, rounds, warmUp, commands }) {
  const program = compileNothing();
  const row = attributeRows().find((each) => each.name === name);
  const sides = [
    { options: {}, command: [], found: {} },
    { options: row.options, command: row.command, found: {} },
  ];
  try {
    for (let count = 0; count < warmUp; count++) for (const side of sides) await measure(program, side);
  } catch (error) {
    return { refused: error.message };
  }
  memory = occupy(megabytes * 2 ** 20, 0);
  const before = snapshot();
  const blocks = Math.min(BLOCKS, rounds);
  // By themselves: after a command, caches are cold for whoever comes next, and that is more than an attribute costs.
  for (let round = 0; round < rounds; round++)
    for (const side of round % 2 === 0 ? sides : sides.toReversed())
      add(side.found, await measure(program, side), Math.floor((round * blocks) / rounds));
  for (let round = 0; round < commands; round++)
    for (const { options, command, found } of round % 2 === 0 ? sides : sides.toReversed()) {
      const exited = timed(() => spawnSync(program, [], { ...NO_PIPES, ...options }));
      const [file, ...args] = [...command, program];
      const isThere = options !== row.options || works(file, args);
      const times = isThere ? { command: timed(() => nodeSpawnSync(file, args, NO_PIPES)) } : {};
      add(found, { exited, ...times }, 0);
    }
  const left = leftBehind(before, snapshot());
  const [plain, set] = sides.map(({ found }) => found);
  return { plain, set, left };
}

/** The ends are waited for outside of the measurement. */
async function measure(program, { options }) {
  const begin = performance.now();
  const promise = posixSpawn(program, ['nothing'], { ...basic, ...options });
  const held = performance.now() - begin;
  const process = await promise;
  const execed = performance.now() - begin;
  await process.exited;
  const beginSync = performance.now();
  const second = posixSpawnSync(program, ['nothing'], { ...basic, ...options });
  const sync = performance.now() - beginSync;
  await second.exited;
  const beginDropIn = performance.now();
  const child = spawn(program, [], { ...NO_PIPES, ...options });
  const dropIn = performance.now() - beginDropIn;
  await once(child, 'exit');
  return { held: held * 1000, execed: execed * 1000, sync: sync * 1000, dropIn: dropIn * 1000 };
}

function add(found, times, block) {
  for (const [figure, time] of Object.entries(times)) {
    found[figure] ??= [];
    found[figure][block] ??= [];
    found[figure][block].push(time);
  }
}

function timed(start) {
  const begin = performance.now();
  const { error, status } = start();
  const time = performance.now() - begin;
  if (error || status !== 0) throw error ?? new Error(`it ended with ${status}`);
  return time * 1000;
}

let isKnownToWork;

/** Not where the command is missing, or does not know an argument. */
function works(file, args) {
  isKnownToWork ??= args.length > 0 && nodeSpawnSync(file, args, NO_PIPES).status === 0;
  return isKnownToWork;
}
