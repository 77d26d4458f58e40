// For lifetime.test.ts: cases in which nothing is left that would keep the loop of this process.
import { posixSpawn, posixSpawnSync } from 'forkless';
import { probeArgv, probePath } from '../../support/probe.js';
import { runScenario } from '../../support/scenarios.js';
import { until } from '../../support/until.js';

await runScenario({
  async refAfterEnd() {
    const child = await posixSpawn(probePath, probeArgv('block'));
    child.unref().kill();
    await until('it has ended', () => child.pidfd === -1);
    child.ref();
    return 'end';
  },

  async nothingRuns() {
    await (await posixSpawn('/bin/true', ['true'])).exited;
    await posixSpawn('/no/such/program', ['x']).catch(() => {});
    try {
      posixSpawnSync('/no/such/program', ['x']);
    } catch {
      // it fails as it should
    }
    await posixSpawn('/bin/true', ['true'], { signal: AbortSignal.abort() }).catch(() => {});
    return 'end';
  },
});
