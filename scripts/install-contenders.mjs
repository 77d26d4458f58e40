// Installs the runtimes that the benchmark compares with, each the newest that the registry has for this processor,
// and prints a line "<name> <path>" for each that runs. One that cannot be had is said on stderr and is no failure.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { at, main, npm } from './lib/project.mjs';

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
  if (!existsSync(binary)) download(folder, source);
  const { status, signal, error } = spawnSync(binary, ['--version'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`--version: ${error?.code ?? signal ?? `ended with ${status}`}`);
  return binary;
}

function download(folder, source) {
  // A package of its own, so that npm installs here; with --prefix it would not find its global settings.
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/package.json`, '{ "private": true }\n');
  const options = [
    '--no-save',
    '--no-package-lock',
    '--ignore-scripts',
    '--loglevel=error',
    // without a network the benchmark goes on, and does not wait
    '--fetch-retries=1',
    '--fetch-retry-mintimeout=1000',
    '--fetch-timeout=60000',
  ];
  // npm's own output goes to stderr: stdout is the list.
  try {
    npm(['install', ...options, source], { stdio: ['ignore', 2, 2], cwd: folder });
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  }
}

/** The ordinary Bun for x86-64 ends with SIGILL without it. */
function hasAvx2() {
  return /^flags\b.*\bavx2\b/m.test(readFileSync('/proc/cpuinfo', 'latin1'));
}
