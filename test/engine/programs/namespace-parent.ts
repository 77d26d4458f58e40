// For pid-namespace.test.ts: a parent that dies while its child is stuck. Says the init of the namespace, 0 for none.
import { once } from 'node:events';
import type { PosixSpawnOptions } from 'forkless';
import { FileActions, posixSpawn } from 'forkless';
import { readParameters, say } from '../../support/in-program.js';
import { meddle } from '../../support/meddle.js';
import type { Way } from './namespaces.js';
import { enterNamespace } from './namespaces.js';

const { way, fifo, options, argv, waits, rules } = readParameters<{
  way: Way;
  fifo: string;
  options: PosixSpawnOptions;
  argv: string[];
  /** Whether it starts the child only when there is input, and then waits for more. */
  waits?: boolean;
  rules?: string;
}>();
const { init } = await enterNamespace(way);
const start = (): void => {
  const fileActions = new FileActions().addOpen(9, fifo, 'r');
  void posixSpawn(argv[0] ?? '', argv, { ...options, fileActions });
};

if (rules !== undefined) meddle.installSeccomp(rules, false);
if (waits) {
  say({ init });
  await once(process.stdin, 'data');
  start();
  await once(process.stdin, 'data');
} else {
  start();
  say({ init });
}
