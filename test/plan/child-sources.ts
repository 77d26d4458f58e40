import { readdirSync } from 'node:fs';
import { at } from '../support/paths.js';

/** What runs in the child between clone and exec, in its parent's memory and then in the runner, by its paths from csrc/. */
export const childSources: readonly string[] = [
  ...['child.c', 'guard.c', 'report.c', 'interpret.c', 'own_memory.c', 'cobs.c', 'runner.c'].map(
    (name) => `core/${name}`,
  ),
  ...readdirSync(at('csrc/steps'))
    .filter((name) => name.endsWith('.c'))
    .map((name) => `steps/${name}`),
];
