// Installs the runtimes that the benchmark compares with, each the newest that the registry has for this processor,
// and prints a line "<name> <path>" for each that runs. One that cannot be had is said on stderr and is no failure.
import { spawnSync } from 'node:child_process';
import { notWaiting } from './lib/packages.mjs';
import { main } from './lib/project.mjs';
import { installProgram } from './lib/runtimes.mjs';

await main(() => {
  for (const name of ['bun', 'deno']) {
    try {
      const program = installProgram(name, notWaiting(60_000));
      const { status, signal, error } = spawnSync(program, ['--version'], { encoding: 'utf8' });
      if (status !== 0) throw new Error(`--version: ${error?.code ?? signal ?? `ended with ${status}`}`);
      console.log(`${name} ${program}`);
    } catch (error) {
      console.error(`MISSING: ${name}: ${error.message}`);
    }
  }
});
