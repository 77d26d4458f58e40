// For ladder.test.ts: on which rungs starts were.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { features, posixSpawn, posixSpawnSync } from 'forkless';
import { childrenOf } from '../../support/proc.js';
import { runScenario } from '../../support/scenarios.js';

await runScenario({
  async refused() {
    const failure = await posixSpawn('/bin/true', ['true']).then(
      () => ({ code: 'started' }),
      ({ code, step }) => ({ code, step }),
    );
    return { ...failure, rungs: features().rungs, left: childrenOf().length };
  },

  async withoutPidfd() {
    const outcomes: string[] = [];
    for (const start of [posixSpawn, posixSpawnSync])
      await (async () => start('/bin/sleep', ['sleep', '60']))().then(
        () => outcomes.push('started'),
        ({ code, step }) => outcomes.push(`${code} at ${step}`),
      );
    return { outcomes, left: childrenOf().length };
  },

  async twoThreads() {
    await (await posixSpawn('/bin/true', ['true'])).exited;
    const source = `import('forkless').then(({ posixSpawnSync }) => posixSpawnSync('/bin/true', ['true']))`;
    await once(new Worker(source, { eval: true }), 'exit');
    return features().rungs;
  },

  async withoutSharedMemory() {
    await (await posixSpawn('/bin/true', ['true'], { resetIds: true })).exited;
    await (await posixSpawn('/bin/true', ['true'])).exited;
    await posixSpawnSync('/bin/true', ['true'], { resetIds: true }).exited;
    await posixSpawn('/no/such/program', ['x'], { resetIds: true }).catch(() => {});
    return { rungs: features().rungs, rung: features().rung };
  },

  unknownRung() {
    const { backend, reason } = features();
    try {
      posixSpawnSync('/bin/true', ['true']);
      return {};
    } catch (error) {
      return { code: (error as NodeJS.ErrnoException).code, backend, reason };
    }
  },
});
