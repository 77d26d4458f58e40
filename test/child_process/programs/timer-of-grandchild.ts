import { once } from 'node:events';
import { cp } from './door.js';

const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
const child = cp.spawn('/bin/sh', ['-c', 'sleep 30 & echo $!'], { timeout: 25_000 });
const told = once(child.stdout, 'data');
const listeners = (event: string) => child.listenerCount(event);
console.log('at first:', timers(), listeners('exit'), listeners('close'));
child.on('exit', async () => {
  const [grandchild] = await told;
  setImmediate(() => {
    console.log('after exit:', timers(), listeners('close'));
    process.kill(Number(grandchild));
  });
});
child.on('close', () => setImmediate(() => console.log('after close:', timers(), child.killed)));
