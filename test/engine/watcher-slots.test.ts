import { expect } from 'chai';
import { at } from '../support/paths.js';
import { runNodeForValue } from '../support/run-node.js';

// Behind both doors, which do not ask for a child that has ended: a late event, or a late call, names nobody.
it('an id of a child that has ended is not that of the next child, which stands in its slot', async () => {
  const seen = await runNodeForValue<Record<string, unknown>>(`
    import { posixSpawn } from 'forkless';
    const { signalChild } = await import(${JSON.stringify(at('dist/engine/children.js'))});
    const SLOTS = 2 ** 20;

    // the one child that lives: only its own id can be signalled
    function idOfLiving() {
      const found = [];
      for (let generation = 0; generation < 20; generation++)
        for (let slot = 0; slot < 64; slot++)
          if (signalChild(generation * SLOTS + slot, 0) === 0) found.push(generation * SLOTS + slot);
      if (found.length !== 1) throw new Error(found.join());
      return found[0];
    }

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
    say({ sameSlot: firstId % SLOTS === secondId % SLOTS, sameId: firstId === secondId, late, lives, own });`);
  expect(seen).to.deep.equal({ sameSlot: true, sameId: false, late: 3, lives: true, own: 0 });
});
