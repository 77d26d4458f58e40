// Twelve children at once where there is room for so many descriptors; then says what came, and on request how many
// descriptors are left open.
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { readParameters, say } from '../../support/in-program.js';
import { meddle } from '../../support/meddle.js';
import { cp } from './door.js';

const { room, tellLeft } = readParameters<{ room: number; tellLeft?: true }>();
await once(cp.spawn('/bin/true'), 'close');
const before = readdirSync('/proc/self/fd').length;
meddle.setSoftNofile(before + room);
const seen = new Set<string>();
const closed = Array.from({ length: 12 }, () => {
  const child = cp.spawn('sleep', ['0.05']);
  child.on('error', ({ code, syscall }: NodeJS.ErrnoException) =>
    seen.add(`${code} ${syscall} ${child.stdin} ${child.stdio} ${child.pid}`),
  );
  return new Promise<void>((resolve) =>
    child.on('close', (code) => {
      seen.add(`close ${Math.sign(Number(code))}`);
      resolve();
    }),
  );
});
await Promise.all(closed);
await new Promise(setImmediate);
meddle.setSoftNofile(1000);
const left = readdirSync('/proc/self/fd').length - before;
say({ seen: [...seen].sort(), ...(tellLeft && { left }) });
