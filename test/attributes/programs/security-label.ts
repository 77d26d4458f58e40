// For security-label.test.ts: a start with a label by every door, and what it has written to files in the place of /proc.
import { readFileSync, writeFileSync } from 'node:fs';
import type { SpawnError } from 'forkless';
import type { Options } from '../../support/every-door.js';
import { everyDoor } from '../../support/every-door.js';
import { readParameters, say } from '../../support/in-program.js';

const { options, files } = readParameters<{ options: Options; files: readonly string[] }>();
const folder = '/proc/thread-self/attr/';
const found: Record<string, unknown> = {};
for (const [name, run] of everyDoor) {
  for (const file of files) writeFileSync(folder + file, '');
  try {
    await run('/bin/true', [], options);
    found[name] = Object.fromEntries(files.map((file) => [file, readFileSync(folder + file, 'utf8')]));
  } catch (error) {
    const { code, step, syscall } = error as SpawnError;
    found[name] = { code, step, syscall };
  }
}
say(found);
