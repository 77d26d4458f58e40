// In which order the test files run.

/** These begin first, the longest before all: if one of them came last, all processors but one would wait for it. */
const longest = [
  'engine/refusals',
  'leaks/spawns',
  'child_process/polluted',
  'types/types',
  'register/workers',
  'engine/ladder',
  'loading/runtimes',
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

/** These run after all others, while nothing else runs, each for its reason. */
const alone = {
  'probe/modes': 'asks which modes the others have used',
};

/** These do the same whatever Node runs them: they run with all tests, and not again with each Node. */
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

/** All files that have a place of their own. */
export const placed = [...longest, ...Object.keys(alone)].map(fileOf);
export const ranOnce = Object.keys(onceOnly).map(fileOf);

function fileOf(name) {
  return `dist-test/${name}.test.js`;
}
