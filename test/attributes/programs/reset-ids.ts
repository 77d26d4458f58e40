// For ids.test.ts: what children have whose parent has two users.
import { chmodSync } from 'node:fs';
import type { PosixSpawnOptions } from 'forkless';
import { FileActions, posixSpawn, posixSpawnSync } from 'forkless';
import { readParameters } from '../../support/in-program.js';
import type { Start } from '../../support/probe.js';
import { askProbe } from '../../support/probe.js';
import { runScenario } from '../../support/scenarios.js';

/** `program`: the probe, where others may run it. `mine`: a file that is for root alone. */
const { program, options, mine } = readParameters<{
  program: string;
  options: PosixSpawnOptions;
  mine: string;
}>();

/** With the other copy of the probe. */
function by(start: Start): Start {
  return (_path, argv, rest) => start(program, argv, rest);
}

await runScenario({
  async reports() {
    return [await askProbe(options, by(posixSpawn)), await askProbe(options, by(posixSpawnSync))];
  },

  async order() {
    chmodSync(mine, 0o600);
    const fileActions = new FileActions().addOpen(7, mine, 'r');
    const report = await askProbe(options, by(posixSpawn));
    const error = await posixSpawn('/bin/true', ['true'], { ...options, fileActions }).then(
      () => ({}),
      (error) => ({ ...error }),
    );
    return { report, error };
  },
});
