import { createHook, executionAsyncId, triggerAsyncId } from 'node:async_hooks';
import { cp } from './door.js';

const log: string[] = [];
const ids = new Map<number, number>();
createHook({
  init(id, type, trigger) {
    if (type === 'PROCESSWRAP') {
      ids.set(id, trigger);
      log.push('init');
    }
  },
  before(id) {
    if (ids.has(id)) log.push('before');
  },
  after(id) {
    if (ids.has(id)) log.push('after');
  },
  destroy(id) {
    if (ids.has(id)) log.push('destroy');
  },
}).enable();
const here = executionAsyncId();
const child = cp.spawn('/bin/true', { stdio: 'ignore' });
child.on('exit', () => {
  log.push(`exit ${ids.has(executionAsyncId())} ${triggerAsyncId() === here}`);
});
child.on('close', () => {
  log.push(`close ${ids.has(executionAsyncId())}`);
  const told = setInterval(() => {
    if (!log.includes('destroy')) return;
    clearInterval(told);
    console.log(
      log.join().replaceAll('before,after,', ''),
      [...ids.values()].map((id) => id === here),
    );
  }, 1);
});
