// For the test files that test-files.test.ts writes.
import { existsSync, renameSync, writeFileSync } from 'node:fs';

/** Ends only when the other has begun. */
export async function meet(folder: string, own: string, other: string): Promise<void> {
  console.log(`${own} begins`);
  writeFileSync(`${folder}/${own}.begun`, '');
  while (!existsSync(`${folder}/${other}.begun`)) await new Promise(setImmediate);
  console.error(`${own} ends`);
}

/** Never ends. Writes the pid into a file first. */
export function hang(begun: string): never {
  console.log('this one hangs');
  writeFileSync(`${begun}.new`, String(process.pid));
  renameSync(`${begun}.new`, begun);
  for (;;);
}
