// For watcher-slots.test.ts: the ids of two children, one after the other, in the same slot of the engine.
import { createRequire } from 'node:module';
import { posixSpawn } from 'forkless';
import { say } from '../../support/in-program.js';
import { at } from '../../support/paths.js';
import { probeArgv, probePath } from '../../support/probe.js';

interface Children {
  signalChild(id: number, signal: number): number;
}

// The engine that `forkless` uses: each module of it exists once.
const { modules } = createRequire(import.meta.url)(at('dist/forkless.js'));
const { signalChild }: Children = modules['engine/children.js']();
const SLOTS = 2 ** 20;

const first = await posixSpawn(probePath, probeArgv('block'));
const firstId = idOfLiving();
first.kill('SIGKILL');
await first.exited;
const second = await posixSpawn(probePath, probeArgv('block'));
const secondId = idOfLiving();
const late = signalChild(firstId, 9);
const lives = second.kill(0);
const own = signalChild(secondId, 9);
await second.exited;
say({ sameSlot: firstId % SLOTS === secondId % SLOTS, sameId: firstId === secondId, late, lives, own });

/** Of the one child that lives: only its own id can be signalled. */
function idOfLiving(): number {
  const found: number[] = [];
  for (let generation = 0; generation < 20; generation++)
    for (let slot = 0; slot < 64; slot++) {
      const id = generation * SLOTS + slot;
      if (signalChild(id, 0) === 0) found.push(id);
    }
  const [id] = found;
  if (id === undefined || found.length > 1) throw new Error(`which id has the child? ${found}`);
  return id;
}
