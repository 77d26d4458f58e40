// The one table of what scripts/install.mjs can install. A row says what it is and who needs it; the way after it (`...`)
// says how it is got: `place`, where it goes; `names`, of which one line each is printed; `find()`, what is there, by
// name; `install(names)`, which gets what is not there, and throws a Failure where it cannot.
//   tests      these test files install it themselves when they run; `npm test` installs it before a full run
//   use        who else needs it
//   required   if it cannot be had, that is a failure, and not only said
import path from 'node:path';
import { arm64System } from '../../test/arm64/system.mjs';
import { debianNode } from './debian-node.mjs';
import { lockedPackages } from './locked-packages.mjs';
import { nodes } from './nodes.mjs';
import { notWaiting, packagesIn } from './packages.mjs';
import { npmFolder } from './project.mjs';
import { bun, bunMusl, deno, nodeMusl } from './runtimes.mjs';
import { systemTools } from './system-tools.mjs';

const { version } = process;
const inLoading = ['loading/runtimes', 'loading/managers'];

export const installables = {
  tools: {
    what: 'programs of the system: clang, clang-format, clang-tidy, strace, cross compilers, QEMU, musl',
    use: 'npm run lint, npm run prebuild, npm run test:arm64; tests skip what they miss',
    ...systemTools,
  },
  nodes: {
    what: 'the Nodes of the matrix: the oldest that are supported, the newest of each line',
    use: '.ci/run, scripts/check-node-sources.mjs',
    required: true,
    ...nodes(''),
  },
  sid: {
    what: "Debian sid's Node, whose libuv starts processes by posix_spawn",
    use: '.ci/run, npm run bench',
    required: true,
    ...debianNode,
  },
  'node-lines': {
    what: 'the Nodes of the matrix again, each by a name of its own, such as node-22',
    tests: [...inLoading, 'loading/test-runners', 'loading/require-only'],
    use: 'npm run bench',
    ...nodes('node-', notWaiting(60_000)),
  },
  bun: {
    what: 'Bun',
    tests: inLoading,
    use: 'npm run bench',
    ...bun,
  },
  deno: {
    what: 'Deno',
    tests: ['loading/runtimes', 'loading/deno-permissions'],
    use: 'npm run bench',
    ...deno,
  },
  'bun-musl': { what: 'Bun for musl', tests: ['loading/runtimes'], ...bunMusl },
  'node-musl': { what: 'Node for musl', tests: ['loading/runtimes'], ...nodeMusl },
  npm: {
    what: 'the npm that is there already',
    tests: ['loading/runtimes', 'loading/managers', 'loading/deno-permissions'],
    place: 'nowhere',
    names: ['npm'],
    find: () => new Map([['npm', path.join(npmFolder(), 'bin/npm-cli.js')]]),
    install() {},
  },
  managers: {
    what: 'package managers: npm, pnpm, yarn',
    tests: ['loading/managers'],
    ...packagesIn(
      'managers',
      {
        'npm-11': { spec: 'npm-11@npm:npm@11', file: 'bin/npm-cli.js' },
        'npm-12': { spec: 'npm-12@npm:npm@12', file: 'bin/npm-cli.js' },
        'pnpm-10': { spec: 'pnpm-10@npm:pnpm@10', file: 'bin/pnpm.cjs' },
        'pnpm-12': { spec: 'pnpm-12@npm:pnpm@12', file: 'bin/pnpm.mjs' },
        'yarn-1': { spec: 'yarn-1@npm:yarn@1', file: 'bin/yarn.js' },
        'yarn-4': { spec: 'yarn-4@npm:@yarnpkg/cli-dist@4', file: 'bin/yarn.js' },
      },
      { options: notWaiting(60_000) },
    ),
  },
  clients: {
    what: 'users of child_process, the newest that this Node can run',
    tests: ['clients/clients', 'loading/libraries'],
    use: 'npm run test:arm64 -- --all',
    ...newestOf('clients', [
      'execa',
      'tinyexec',
      'nano-spawn',
      'cross-spawn',
      'zx',
      'simple-git',
      '@npmcli/promise-spawn',
    ]),
  },
  instruments: {
    what: 'packages that replace functions of Node',
    tests: ['clients/instruments'],
    ...newestOf('instruments', [
      'import-in-the-middle',
      'process-on-spawn',
      'require-in-the-middle',
      'shimmer',
      'sinon',
      'spawn-wrap',
    ]),
  },
  'test-runners': {
    what: 'test runners: jest, vitest; and what makes CommonJS of ES modules for jest',
    tests: ['loading/test-runners'],
    ...packagesIn(
      'test-runners',
      {
        'jest-29': { spec: 'jest-29@npm:jest@29', file: 'bin/jest.js' },
        'jest-30': { spec: 'jest-30@npm:jest@30', file: 'bin/jest.js' },
        vitest: { spec: 'vitest@4', file: 'vitest.mjs' },
        'babel-commonjs': {
          spec: '@babel/plugin-transform-modules-commonjs@7',
          folder: '@babel/plugin-transform-modules-commonjs',
        },
      },
      { options: notWaiting(60_000) },
    ),
  },
  transpilers: {
    what: 'what runs TypeScript: ts-node, with a TypeScript that it knows, and tsx',
    tests: ['loading/transpilers'],
    ...packagesIn(
      'transpilers',
      {
        'ts-node': { spec: 'ts-node@10', file: 'dist/bin.js' },
        tsx: { spec: 'tsx@4', file: 'dist/cli.mjs' },
        'typescript-5': { spec: 'typescript@5', folder: 'typescript' },
        'node-types': { spec: '@types/node@22', folder: '@types/node' },
      },
      { options: notWaiting(60_000) },
    ),
  },
  bundlers: {
    what: 'bundlers: webpack, esbuild, Rollup with its plugins for packages and CommonJS',
    tests: ['loading/bundlers'],
    ...packagesIn(
      'bundlers',
      {
        webpack: { spec: 'webpack@5' },
        esbuild: { spec: 'esbuild@0.28' },
        rollup: { spec: 'rollup@4' },
        'rollup-resolve': {
          spec: '@rollup/plugin-node-resolve@16',
          folder: '@rollup/plugin-node-resolve',
        },
        'rollup-commonjs': { spec: '@rollup/plugin-commonjs@29', folder: '@rollup/plugin-commonjs' },
      },
      { options: notWaiting(60_000) },
    ),
  },
  agents: {
    // Without what they compile or download for other platforms.
    what: 'agents that watch a program: dd-trace, Sentry, OpenTelemetry',
    tests: ['loading/agents'],
    ...packagesIn(
      'agents',
      {
        'dd-trace': { spec: 'dd-trace@5' },
        sentry: { spec: '@sentry/node@10', folder: '@sentry/node' },
        'otel-auto': {
          spec: '@opentelemetry/auto-instrumentations-node@0.60',
          folder: '@opentelemetry/auto-instrumentations-node',
        },
      },
      { options: ['--omit=optional', ...notWaiting(60_000)] },
    ),
  },
  'package-checkers': {
    // Not in the lock file: attw brings some sixty packages, and nothing that is built or shipped depends on them.
    what: 'publint and attw',
    tests: ['package/hygiene'],
    ...packagesIn(
      'package-checkers',
      {
        publint: { spec: 'publint@0.3.25', version: '0.3.25', file: 'src/cli.js' },
        attw: {
          spec: '@arethetypeswrong/cli@0.18.5',
          version: '0.18.5',
          folder: '@arethetypeswrong/cli',
          file: 'dist/index.js',
        },
      },
      { options: notWaiting(60_000) },
    ),
  },
  typescripts: {
    what: 'the oldest TypeScript that the package supports, and the last of each line before the one in use',
    tests: ['types/matrix'],
    ...packagesIn(
      'typescripts',
      Object.fromEntries(
        ['5.6', '5.9', '6.0'].map((line) => [
          `typescript-${line}`,
          { spec: `typescript-${line}@npm:typescript@${line}`, file: 'bin/tsc' },
        ]),
      ),
      { options: notWaiting(60_000) },
    ),
  },
  'types-of-node': {
    what: '@types/node: the oldest that the package supports, the newest of each line, the newest',
    tests: ['types/node-types'],
    ...packagesIn(
      'types-of-node',
      Object.fromEntries(
        ['20.19.0', '20', '22', '24', '25', '*'].map((version) => {
          const name = `node-types-${version === '*' ? 'newest' : version}`;
          return [name, { spec: `${name}@npm:@types/node@${version}` }];
        }),
      ),
      { options: notWaiting(60_000) },
    ),
  },
  typedoc: {
    // In a folder of its own, because it needs another TypeScript than this package.
    what: 'typedoc, in the versions of scripts/typedoc/package-lock.json',
    use: 'npm run docs',
    ...lockedPackages('typedoc', 'typedoc', 'scripts/typedoc'),
  },
  'arm64-system': {
    what: "the arm64 guest's kernel, C library, programs and Node",
    use: 'npm run test:arm64',
    ...arm64System,
  },
};

/** Names of the rows that the given test files need, such as dist-test/clients/clients.test.js. */
export function neededBy(files) {
  const isRun = (test) => files.includes(`dist-test/${test}.test.js`);
  return Object.entries(installables)
    .filter(([, { tests = [] }]) => tests.some(isRun))
    .map(([name]) => name);
}

/** By --engine-strict npm picks what this Node can run; each Node has a folder of its own. */
function newestOf(folder, names) {
  const packages = Object.fromEntries(names.map((name) => [name, { spec: `${name}@*` }]));
  return packagesIn(`${folder}/${version}`, packages, {
    options: ['--engine-strict', ...notWaiting(30_000)],
  });
}
