// Where the runtime has a child_process of its own: Bun, Deno.
import { equal, match } from 'node:assert/strict';
import builtin from 'node:child_process';
import { createRequire } from 'node:module';
import { features } from 'forkless';
import dropIn, * as names from 'forkless/child_process';
import type { Checks } from './checks.js';
import { everywhere } from './drop-in.js';
import { startsIn } from './starts.js';

const name = 'bun' in process.versions ? 'Bun' : 'Deno';
const functions = ['exec', 'execFile', 'execFileSync', 'execSync', 'fork', 'spawn', 'spawnSync'] as const;

export const checks: Checks = {
  ...everywhere,

  'the functions are the runtime’s own': () => {
    for (const key of functions) {
      equal(dropIn[key], builtin[key]);
      equal(createRequire(import.meta.url)('forkless/child_process')[key], builtin[key]);
    }
    equal(names.spawn, builtin.spawn);
    equal(names.ChildProcess, builtin.ChildProcess);
  },

  'features() says so, and why': () => {
    const { backend, reason } = features().childProcess;
    equal(backend, 'node');
    match(`${reason}`, new RegExp(`^${name} has its own child_process`));
  },

  'nothing of it goes through the engine': async () => {
    equal(await startsIn(() => void dropIn.spawnSync('/bin/true')), 0);
  },
};
