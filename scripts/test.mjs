// npm test: installs what is missing, builds, then runs all compiled tests, each file in a process of its own, as many at
// a time as there are processors.
//   --runtime-only       only tests that depend on the Node: the folders in `runtimeFolders`
//   --jobs N             runs N files at a time
//   --figures FILE       writes the totals of the run, as JSON
// All other arguments go to mocha, and then one process runs all tests that they choose: --grep, --bail, a file such as
// test/plan/encode.test.ts. Such a run installs only what these tests need.
// FORKLESS_TEST_NODE=/path/to/node runs mocha under that Node, with what is built already.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { filesUnder } from './lib/fresh.mjs';
import { neededBy } from './lib/installables.mjs';
import { install } from './lib/prepare.mjs';
import { at, Failure, main, runNode, toolEnv, tryRun } from './lib/project.mjs';
import { runFiles } from './lib/test-files.mjs';
import { compiledTest, inOrder, isForEachNode } from './lib/test-order.mjs';

const allFolders = [''];
const runtimeFolders = [
  'engine',
  'attributes',
  'posix',
  'service',
  'child_process',
  'register',
  'elsewhere',
  'clients',
  'leaks',
  'cgroup',
];

await main(async () => {
  const { figures, folders, forMocha, jobs, namesFiles } = readArguments();
  const otherNode = process.env.FORKLESS_TEST_NODE;
  const node = otherNode ?? process.execPath;
  if (!otherNode) build();
  if (figures) {
    mkdirSync(path.dirname(figures), { recursive: true });
    rmSync(figures, { force: true });
  }
  if (forMocha.length > 0) {
    runMocha(
      node,
      namesFiles ? forMocha : [...forMocha, ...folders.map((folder) => `dist-test/${folder}/**/*.test.js`)],
      figures,
    );
    return;
  }
  const files = filesIn(folders);
  // Installs what the tests would otherwise install themselves, see test/support/installed.ts. If something cannot be
  // had, for example without network, the tests that need it say so and skip.
  tryRun(node, [at('scripts/install.mjs'), ...neededBy(files)], { stdio: ['ignore', 'ignore', 'inherit'] });
  // Tests that take long, and tests that ask what all others did, run only in a run of everything.
  const env = { FORKLESS_TEST_INSTALLED: '1', ...(folders === allFolders && { FORKLESS_FULL_RUN: '1' }) };
  const total = await runFiles({ ...inOrder(files), jobs, node, env });
  if (figures) writeFileSync(figures, JSON.stringify(total));
  for (const failure of total.failures) console.log(`FAILED: ${failure}`);
  console.log(
    `${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped, ${Math.round(total.duration / 1000)} s`,
  );
  if (total.failed > 0) throw new Failure('tests failed');
  if (total.passed === 0) throw new Failure('no test ran');
});

function readArguments() {
  const own = { folders: allFolders, figures: undefined, forMocha: [], jobs: os.availableParallelism() };
  const given = process.argv.slice(2);
  while (given.length > 0) {
    const argument = given.shift();
    if (argument === '--runtime-only') own.folders = runtimeFolders;
    else if (argument === '--jobs') own.jobs = Number(given.shift());
    else if (argument === '--figures') own.figures = path.resolve(given.shift() ?? 'build/figures.json');
    else own.forMocha.push(compiledTest(argument));
  }
  if (!(Number.isInteger(own.jobs) && own.jobs > 0)) throw new Failure('--jobs needs a number of files');
  return { ...own, namesFiles: own.forMocha.some((argument) => argument.startsWith('dist-test/')) };
}

function filesIn(folders) {
  return folders
    .flatMap((folder) => filesUnder(at('dist-test', folder)))
    .filter((file) => file.endsWith('.test.js'))
    .map((file) => path.relative(at(), file))
    .filter((file) => folders === allFolders || isForEachNode(file));
}

function runMocha(node, args, figures) {
  const code = tryRun(node, [at('node_modules/mocha/bin/mocha.js'), ...args], {
    env: { ...toolEnv(), ...(figures && { FORKLESS_TEST_FIGURES: figures }) },
  });
  // A test that ends the process with 0 would hide all others: a run without figures has not passed.
  if (code === 0 && figures && !existsSync(figures)) throw new Failure('mocha ended without its figures');
  if (code !== 0) throw new Failure(typeof code === 'number' ? 'tests failed' : `mocha ended by ${code}`);
}

function build() {
  install();
  runNode(at('scripts/build-native.mjs'), []);
  runNode(at('scripts/build-ts.mjs'), ['--tests']);
  runNode(at('scripts/build-test-helpers.mjs'), []);
}
