// For abort.test.ts: starts that are aborted, or could not be, in a process of their own.
import { getEventListeners } from 'node:events';
import { posixSpawn } from 'forkless';
import { readParameters } from '../../support/in-program.js';
import { meddle } from '../../support/meddle.js';
import { runScenario } from '../../support/scenarios.js';
import { stuckOn, untilStuck } from '../../support/stuck.js';
import { makeFifo } from '../../support/temp.js';

const { rules = '' } = readParameters<{ rules?: string }>();

await runScenario({
  async underFilter() {
    meddle.installSeccomp(rules, true);
    const controller = new AbortController();
    const options = { ...stuckOn(makeFifo()), signal: controller.signal };
    const ended = posixSpawn('/bin/true', ['true'], options).then(
      () => 'started',
      ({ name }) => name,
    );
    await untilStuck(1);
    controller.abort();
    return ended;
  },

  async refused() {
    await (await posixSpawn('/bin/true', ['true'])).exited;
    const { signal } = new AbortController();
    const before = meddle.setSoftNofile(3);
    const error = await posixSpawn('/bin/true', ['true'], { signal }).then(
      () => 'started',
      ({ code, step }) => ({ code, step }),
    );
    meddle.setSoftNofile(before);
    return { error, listeners: getEventListeners(signal, 'abort').length };
  },
});
