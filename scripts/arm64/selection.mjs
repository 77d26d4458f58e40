// Which tests run on arm64, and in which guest. The folders are those of scripts/test.mjs: what depends on the Node,
// and so on the machine, below.
const all = (...folders) => folders.map((folder) => `dist-test/${folder}/**/*.test.js`);

/** Each guest runs its part; they take about the same time. */
export const parts = [all('posix', 'clients', 'leaks'), all('child_process', 'register')];

/**
 * Parts of titles: what does not run unless --all is said. Most is many starts one after the other, of which an
 * emulated processor does a hundred a second at most.
 */
export const leftOut = [
  'runs no handler in any of 10,000 children',
  'runs no handler in any of 2,000 children',
  'runs no handler in any of 3,000 children',
  'starts without end', // 23,000
  '1,000 children of all attributes leave the ids',
  'hang before exec (1,500 rounds)',
  'is all that can come of write, chmod, exec in', // 800 starts, and again 1,600, each of a new file
  'dumpable too, after 300 children', // each a copy of the whole memory
  'of a Worker that is terminated in the middle of a start', // 200 Workers
  'that are terminated in the middle of starts, 100 times',
  'that are terminated meanwhile leave no descriptor',
  'at the same time get what they asked for, each of them',
  'start processes at the same time, and each hears of its own',
  'ends when its writer is closed, with plain starts', // 400, as with flat ones
  'keeps what it runs on while the parent collects garbage',
  'may be changed all the time by a Worker that shares it',
  'of which 50 hang: the others end', // 500 at once
  'can all be aborted in the same turn',
  'tells of 1,500 ends that are there at once',
  'runs no handler in any of 1,000 children',
  'are whole or an error while a thread changes the ids',
  'is none of a crash while', // ten programs that end in the middle of starts, each with Workers
  'many Workers start children at once, and are terminated in the middle',
  'of hundreds of children that write right before they exit',
  // Half a minute each, of whole programs: that nothing is lost on the way by --import is enough here.
  'of every kind register too, by --require',
  'of every kind register too, by NODE_OPTIONS',
  'of every kind register too, by an import in the program',
  'register although the program has flags that no Worker may be given',
];

/** As one regular expression. */
export function leftOutPattern() {
  return leftOut.map((title) => title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
}
