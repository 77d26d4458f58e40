// For copies.test.ts: starts of two copies of the library over one binary.
import { cpSync, rmSync } from 'node:fs';
import { posixSpawn } from 'forkless';
import { say } from '../../support/in-program.js';
import { at } from '../../support/paths.js';

const folder = at(`dist-copy-${process.pid}`);
cpSync(at('dist'), folder, { recursive: true });
try {
  const other: typeof import('forkless') = await import(`${folder}/index.js`);
  const starts = Array.from({ length: 40 }, (_, index) => {
    const start = index % 2 ? posixSpawn : other.posixSpawn;
    return start('/bin/sh', ['sh', '-c', `exit ${index}`]);
  });
  const processes = await Promise.all(starts);
  const ends = await Promise.all(processes.map(({ exited }) => exited));
  say(ends.map(({ code }) => code));
} finally {
  rmSync(folder, { recursive: true });
}
