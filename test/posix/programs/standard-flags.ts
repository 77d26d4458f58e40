// For descriptors-standard.test.ts: the flags of 0 to 2 before and after an import. Nothing else may touch them.
import { readFileSync } from 'node:fs';
import { readParameters, say } from '../../support/in-program.js';

const { door } = readParameters<{ door: string }>();
// Since Node 24 this module looks at stderr by itself.
await import('node:util');
const before = flags();
await import(door);
say([before, flags()]);

function flags(): string {
  return [0, 1, 2]
    .map((fd) => /flags:\s*(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1])
    .join();
}
