import { createHook } from 'node:async_hooks';
import { cp } from './door.js';

// Both are made before anything is counted.
const types = new Map<string, number>([[typeof (process.stdout && process.stderr), 0]]);
createHook({
  init(_id, type) {
    types.set(type, (types.get(type) ?? 0) + 1);
  },
}).enable();
const child = cp.spawn('/bin/sh', ['-c', 'echo a']);
child.stdout.resume();
child.stderr.resume();
child.on('close', () => {
  console.log(JSON.stringify([...types].filter(([type]) => /^(PIPEWRAP|PROCESSWRAP)$/.test(type)).sort()));
});
