import { AsyncLocalStorage } from 'node:async_hooks';
import { cp } from './door.js';

const storage = new AsyncLocalStorage();
const log: string[] = [];
process.on('uncaughtException', ({ message }) => log.push(`uncaught ${message} ${storage.getStore()}`));
for (const name of ['first', 'second'])
  storage.run(name, () =>
    cp.spawn('/bin/true', { stdio: 'ignore' }).on('exit', () => {
      throw new Error(name);
    }),
  );
process.on('exit', () => console.log(log.sort().join(), storage.getStore()));
