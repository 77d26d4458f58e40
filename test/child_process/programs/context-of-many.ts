import { AsyncLocalStorage } from 'node:async_hooks';
import { cp } from './door.js';

const storage = new AsyncLocalStorage<number>();
const wrong: unknown[] = [];
for (let n = 0; n < 40; n += 1)
  storage.run(n, () => {
    const child = cp.spawn('/bin/echo', [String(n)]);
    child.on('exit', () => {
      if (storage.getStore() !== n) wrong.push(['exit', n]);
    });
    child.on('close', () => {
      if (storage.getStore() !== n) wrong.push(['close', n]);
    });
    child.stdout.on('data', (text) => {
      if (storage.getStore() !== Number(text)) wrong.push(['data', n]);
    });
  });
process.on('exit', () => console.log(JSON.stringify(wrong)));
