// What goes on in the program while its child is held before exec, and in what order the child is told of.
import { readFileSync, readlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cp } from './door.js';
import { isHolding, letGo, startHeld, startSlow } from './gate.js';
import { storyOf, tellAll } from './story.js';

/** The program that the child runs by now. */
const programOf = (pid = 0): string =>
  readlinkSync(`/proc/${pid}/exe`) === process.execPath ? 'node' : 'its own';
const turn = () => new Promise((resolve) => setImmediate(resolve));

await tellAll({
  'spawn returns, and the loop turns': async () => {
    const child = startHeld(() => cp.spawn('/bin/cat'));
    const story = storyOf(child);
    const found = [];
    for (let turns = 0; turns < 10; turns++) {
      found.push(isHolding ? programOf(child.pid) : 'node');
      await turn();
    }
    // Told before there is a program: nothing is known to have failed.
    const hasSpawned = child.spawnfile === '/bin/cat' && typeof child.pid === 'number';
    letGo();
    child.stdin?.end('text');
    return { found, hasSpawned, story: await story };
  },
  'it is spawn, data, exit, close': async () => {
    const orders = [];
    for (let count = 0; count < 20; count++) {
      const order: string[] = [];
      const child = startSlow(() => cp.spawn('/bin/echo', ['text']), count);
      child.stdout?.once('data', () => order.push('data'));
      for (const name of ['spawn', 'exit', 'close']) child.on(name, () => order.push(name));
      await storyOf(child);
      // In Node, 'exit' may come first; see exit-after-data.test.ts.
      orders.push(isHolding ? order.join() : 'spawn,data,exit,close');
    }
    return orders;
  },
  'each way returns a child that runs': async () => {
    const told: unknown[] = [];
    const module = fileURLToPath(new URL('./handle-receiver.cjs', import.meta.url));
    for (const start of [
      () => cp.spawn('/bin/echo', ['text']),
      () => cp.spawn('echo text', { shell: true }),
      () => cp.spawn('echo', ['text']),
      () => cp.execFile('/bin/echo', ['text']),
      () => cp.exec('echo text'),
      () => cp.fork(module, ['exit'], { silent: true }),
    ]) {
      const child = startHeld(start);
      const early = isHolding ? programOf(child.pid) : 'node';
      const story = storyOf(child);
      letGo();
      told.push([early, await story]);
    }
    return told;
  },
  'it is unref’d and ref’d': async () => {
    const child = startHeld(() => cp.spawn('/bin/cat'));
    child.unref();
    child.ref();
    const story = storyOf(child);
    letGo();
    child.stdin?.end();
    return story;
  },
  'its name is that of this program until exec': async () => {
    const child = startHeld(() => cp.spawn('/bin/cat'));
    const own = readFileSync('/proc/self/cmdline', 'latin1');
    const same = !isHolding || readFileSync(`/proc/${child.pid}/cmdline`, 'latin1') === own;
    letGo();
    child.stdin?.end();
    return { same, story: await storyOf(child) };
  },
});
