// Installs the runtimes and the package managers that test/loading tries the package with, and prints a line
// "<name> <path>" for each that is there, npm's own among them. One that cannot be had is said on stderr and is no
// failure. With names, only those.
//   --installed   installs nothing
import path from 'node:path';
import { parseArgs } from 'node:util';
import { notWaiting } from './lib/packages.mjs';
import { main, npmFolder } from './lib/project.mjs';
import { installedProgram, installProgram, programNames } from './lib/runtimes.mjs';

await main(() => {
  const { values, positionals: names } = parseArgs({
    options: { installed: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  if (names.length === 0 || names.includes('npm'))
    console.log(`npm ${path.join(npmFolder(), 'bin/npm-cli.js')}`);
  for (const name of programNames) {
    if (names.length > 0 && !names.includes(name)) continue;
    try {
      const program = values.installed ? installedProgram(name) : installProgram(name, notWaiting(60_000));
      if (program !== null) console.log(`${name} ${program}`);
    } catch (error) {
      console.error(`MISSING: ${name}: ${error.message}`);
    }
  }
});
