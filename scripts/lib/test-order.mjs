// The order in which the test files run.

/** These start first, the longest before the others. If a long file came last, all processors but one would be idle. */
const longest = [
  'engine/refusals',
  'leaks/spawns',
  'child_process/polluted',
  'child_process/never-waits-suites',
  'types/types',
  'register/workers',
  'engine/ladder',
  'loading/runtimes',
  'loading/bundlers',
  'loading/test-runners',
  'bench/bench',
  'engine/workers',
  'package/prebuilds',
  'engine/flat-rule',
  'cli/cli',
  'loading/managers',
  'native/driver',
  'elsewhere/install',
  'elsewhere/elsewhere',
  'engine/lifetime',
  'child_process/fork',
  'register/propagate',
  'clients/clients',
];

/** These run after all others, one at a time, each for its reason. */
const alone = {
  'probe/modes': 'asks which modes the others have used',
};

/** These do the same under every Node. They run in a full run, and not again with each Node of the matrix. */
const onceOnly = {
  'engine/refusals': 'the filters meet the calls of the engine alone, which are the same under each Node',
  'elsewhere/install': 'what installs is the npm on PATH, with its own Node',
};

export function isForEachNode(file) {
  return !Object.keys(onceOnly).map(fileOf).includes(file);
}

/** Sorts files such as dist-test/plan/encode.test.js into those that run side by side and those that run alone. */
export function inOrder(files) {
  const first = longest.map(fileOf).filter((file) => files.includes(file));
  const last = Object.keys(alone)
    .map(fileOf)
    .filter((file) => files.includes(file));
  const others = files.filter((file) => !first.includes(file) && !last.includes(file));
  return { together: [...first, ...others], alone: last };
}

/** All files that the lists above name. */
export const placed = [...longest, ...Object.keys(alone)].map(fileOf);
export const ranOnce = Object.keys(onceOnly).map(fileOf);

function fileOf(name) {
  return `dist-test/${name}.test.js`;
}

/** The compiled file of a test that was named by its source, `test/plan/assign.test.ts`; any other argument as it is. */
export function compiledTest(argument) {
  const [, name] = /^(?:\.\/)?test\/(.+\.test)\.ts$/.exec(argument) ?? [];
  return name === undefined ? argument : `dist-test/${name}.js`;
}
