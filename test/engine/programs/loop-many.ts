// For lifetime.test.ts: says at its end how many of the children that keep the loop have ended by then.
import { posixSpawn, posixSpawnSync } from 'forkless';
import { say } from '../../support/in-program.js';
import { probeArgv, probePath } from '../../support/probe.js';

const children = await Promise.all(
  Array.from({ length: 20 }, () => posixSpawn(probePath, probeArgv('block'))),
);
for (const child of children.slice(10)) child.unref();
posixSpawnSync(probePath, probeArgv('exit', 0));
let ended = 0;
for (const [index, child] of children.entries()) {
  void child.exited.then(() => {
    if (index < 10) ended++;
  });
  setImmediate(() => child.kill());
}
process.on('exit', () => say(ended));
