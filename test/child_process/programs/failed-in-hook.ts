import { createHook } from 'node:async_hooks';
import { cp } from './door.js';

const seen: unknown[] = [];
let depth = 0;
const hook = createHook({
  init(_id, type) {
    if (type !== 'TickObject' || depth > 2) return;
    depth += 1;
    const child = cp
      .spawn(depth % 2 ? '/no/such' : '/bin/true')
      .on('error', ({ code }: NodeJS.ErrnoException) => seen.push(code))
      .on('exit', (code) => seen.push(code));
    seen.push(typeof child.pid);
  },
}).enable();
const outer = cp.spawn('/bin/false');
hook.disable();
seen.push(typeof outer.pid);
outer.on('exit', (code) => seen.push(code));
process.on('exit', () => console.log(seen.map(String).sort().join(' ')));
