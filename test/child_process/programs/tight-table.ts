import { closeSync, openSync } from 'node:fs';
import { readParameters, say } from '../../support/in-program.js';
import { cp } from './door.js';

const { mostFree } = readParameters<{ mostFree: number }>();
const codes: unknown[] = [];
cp.spawnSync('/bin/true');
cp.spawnSync('/no/such/program');
const held: number[] = [];
try {
  for (;;) held.push(openSync('/dev/null', 'r'));
} catch {}
for (let free = 0; free <= mostFree; free++) {
  const { error, status, output, pid } = cp.spawnSync('/bin/true');
  codes.push(error ? [(error as NodeJS.ErrnoException).code, status, output, pid] : 'started');
  closeSync(held.pop() ?? -1);
}
say(codes);
