// npm test: installs and builds what is missing, builds the source first, then runs all compiled tests.
//   --runtime-only       only what depends on the Node below: the folders of `runtimeFolders`
//   --figures FILE       the totals of the run, as JSON
// Everything else goes to mocha: --grep, --bail, a compiled file such as dist-test/plan/encode.test.js.
// FORKLESS_TEST_NODE=/path/to/node runs mocha under that Node, with what is built already.
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { install } from './lib/prepare.mjs';
import { at, Failure, main, runNode, toolEnv, tryRun } from './lib/project.mjs';

const allSpecs = 'dist-test/**/*.test.js';
const runtimeFolders = ['posix', 'child_process', 'register', 'elsewhere', 'clients', 'leaks'];
const fromRegistry = ['install-clients', 'install-package-checkers'];

await main(() => {
  const { figures, forMocha, specs } = readArguments();
  // What a whole run has to have done, such as used every mode of the probe, only a whole run can be asked.
  const full = forMocha.length === 0 && specs[0] === allSpecs;
  const otherNode = process.env.FORKLESS_TEST_NODE;
  const node = otherNode ?? process.execPath;
  if (!otherNode) build();
  // Where they cannot be had, the tests say so and skip: a program that needs no network to be tested.
  const fetch = (script) =>
    tryRun(node, [at(`scripts/${script}.mjs`)], { stdio: ['ignore', 'ignore', 'inherit'] });
  if (specs.length > 0) for (const script of fromRegistry) fetch(script);
  if (specs[0] === allSpecs) fetch('install-runtimes');

  if (figures) {
    mkdirSync(path.dirname(figures), { recursive: true });
    rmSync(figures, { force: true });
  }
  const code = tryRun(node, [at('node_modules/mocha/bin/mocha.js'), ...forMocha, ...specs], {
    env: {
      ...toolEnv(),
      ...(figures && { FORKLESS_TEST_FIGURES: figures }),
      ...(full && { FORKLESS_FULL_RUN: '1' }),
    },
  });
  // A run that was killed, or that ended itself, is no pass even if it said 0.
  if (code === 0 && figures && !existsSync(figures)) throw new Failure('mocha ended without its figures');
  if (code !== 0) throw new Failure(typeof code === 'number' ? 'tests failed' : `mocha ended by ${code}`);
});

function readArguments() {
  const own = { specs: [allSpecs], figures: undefined, forMocha: [] };
  const given = process.argv.slice(2);
  while (given.length > 0) {
    const argument = given.shift();
    if (argument === '--runtime-only')
      own.specs = runtimeFolders.map((folder) => `dist-test/${folder}/**/*.test.js`);
    else if (argument === '--figures') own.figures = path.resolve(given.shift() ?? 'build/figures.json');
    else own.forMocha.push(argument);
  }
  if (own.forMocha.some((argument) => argument.startsWith('dist-test/'))) own.specs = [];
  return own;
}

function build() {
  install();
  runNode(at('scripts/build-native.mjs'), []);
  runNode(at('scripts/build-ts.mjs'), ['--tests']);
  runNode(at('scripts/build-test-helpers.mjs'), []);
}
