// Installs the runtimes that the benchmark compares with, each the newest that the registry has for this processor,
// and prints a line "<name> <path>" for each that runs. One that cannot be had is said on stderr and is no failure.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { installInto, notWaiting } from './lib/packages.mjs';
import { at, main } from './lib/project.mjs';

const packages = {
  x64: {
    bun: [`@oven/bun-linux-x64${hasAvx2() ? '' : '-baseline'}`, 'bin/bun'],
    deno: ['@deno/linux-x64-glibc', 'deno'],
  },
  arm64: { bun: ['@oven/bun-linux-aarch64', 'bin/bun'], deno: ['@deno/linux-arm64-glibc', 'deno'] },
};

await main(() => {
  for (const [name, [source, program]] of Object.entries(packages[process.arch] ?? {})) {
    try {
      console.log(`${name} ${install(name, source, program)}`);
    } catch (error) {
      console.error(`MISSING: ${name}: ${error.message}`);
    }
  }
});

function install(name, source, program) {
  const folder = at('node_modules/.cache/contenders', name);
  const binary = `${folder}/node_modules/${source}/${program}`;
  if (!existsSync(binary)) installInto(folder, [source], notWaiting(60_000));
  const { status, signal, error } = spawnSync(binary, ['--version'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`--version: ${error?.code ?? signal ?? `ended with ${status}`}`);
  return binary;
}

/** The ordinary Bun for x86-64 ends with SIGILL without it. */
function hasAvx2() {
  return /^flags\b.*\bavx2\b/m.test(readFileSync('/proc/cpuinfo', 'latin1'));
}
