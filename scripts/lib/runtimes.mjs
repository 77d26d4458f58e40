// The runtimes and package managers that the registry has, in folders under node_modules/.cache, out of the way of the
// package. Where there is none for this processor, its name is not listed.
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { installedNode, installNode, nodeLines } from './nodes.mjs';
import { installInto } from './packages.mjs';
import { at } from './project.mjs';

const { arch } = process;
const bunArch = arch === 'arm64' ? 'aarch64' : arch;
const baseline = arch === 'x64' && !hasAvx2() ? '-baseline' : '';
const bun = `@oven/bun-linux-${bunArch}${baseline}`;
const bunMusl = `@oven/bun-linux-x64-musl${baseline}`;
const deno = `@deno/linux-${arch}-glibc`;
/** Nobody publishes a bare Node for musl. This is one with a short program in it, which loads another: see useAsNode. */
const nodeMusl = '@pnpm/linuxstatic-x64';

/** npm refuses what its package.json says is for another libc than this system's. */
const foreign = ['--force'];

/** Folder: what to install there, and the programs in it by the names that they have here. */
const groups = {
  'contenders/bun': { packages: [bun], programs: { bun: `${bun}/bin/bun` } },
  'contenders/deno': { packages: [deno], programs: { deno: `${deno}/deno` } },
  ...(arch === 'x64' && {
    'musl/bun': { packages: [bunMusl], options: foreign, programs: { 'bun-musl': `${bunMusl}/bin/bun` } },
    'musl/node': {
      packages: [`${nodeMusl}@11.21.0`],
      options: foreign,
      programs: { 'node-musl': `${nodeMusl}/pnpm` },
      prepare: useAsNode,
    },
  }),
  managers: {
    packages: [
      'npm-11@npm:npm@11',
      'npm-12@npm:npm@12',
      'pnpm-10@npm:pnpm@10',
      'pnpm-12@npm:pnpm@12',
      'yarn-1@npm:yarn@1',
      'yarn-4@npm:@yarnpkg/cli-dist@4',
    ],
    programs: {
      'npm-11': 'npm-11/bin/npm-cli.js',
      'npm-12': 'npm-12/bin/npm-cli.js',
      'pnpm-10': 'pnpm-10/bin/pnpm.cjs',
      'pnpm-12': 'pnpm-12/bin/pnpm.mjs',
      'yarn-1': 'yarn-1/bin/yarn.js',
      'yarn-4': 'yarn-4/bin/yarn.js',
    },
  },
};

const programs = Object.entries(groups).flatMap(([folder, group]) =>
  Object.entries(group.programs).map(([name, program]) => ({ name, folder, group, program })),
);

const lineOf = new Map(nodeLines.map((line) => [`node-${line}`, line]));

export const programNames = [...lineOf.keys(), ...programs.map(({ name }) => name)];

/** Where the program is, or null. */
export function installedProgram(name) {
  if (lineOf.has(name)) return installedNode(lineOf.get(name));
  const { folder, program } = programs.find((entry) => entry.name === name) ?? {};
  if (folder === undefined) return null;
  const file = at('node_modules/.cache', folder, 'node_modules', program);
  return existsSync(file) ? file : null;
}

/** Installs it, the newest, where it is not there yet; of a Node, where a newer one is published. @returns where it is */
export function installProgram(name, options = []) {
  if (lineOf.has(name)) return installNode(lineOf.get(name), options);
  const there = installedProgram(name);
  if (there !== null) return there;
  const { folder, group } = programs.find((entry) => entry.name === name) ?? {};
  if (folder === undefined) throw new Error(`there is none for ${arch}`);
  installInto(at('node_modules/.cache', folder), group.packages, [...(group.options ?? []), ...options]);
  const program = installedProgram(name);
  if (program === null) throw new Error(`${group.packages.join(' ')} has no ${name}`);
  group.prepare?.(program);
  return program;
}

/** The program in it loads dist/pnpm.mjs beside it; ours runs the file of its first argument, as Node does. */
function useAsNode(program) {
  chmodSync(program, 0o755);
  const main = path.join(path.dirname(program), 'dist/pnpm.mjs');
  mkdirSync(path.dirname(main), { recursive: true });
  writeFileSync(
    main,
    `import { pathToFileURL } from 'node:url';
process.argv.splice(1, 1);
import(pathToFileURL(process.argv[1]));
`,
  );
}

/** The ordinary Bun for x86-64 ends with SIGILL without it. */
function hasAvx2() {
  return /^flags\b.*\bavx2\b/m.test(readFileSync('/proc/cpuinfo', 'latin1'));
}
