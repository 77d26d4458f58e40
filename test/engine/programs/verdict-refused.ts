// For verdict-refused.test.ts: starts under a filter that refuses a call which the engine makes once the child exists.
import { once } from 'node:events';
import { posixSpawn } from 'forkless';
import { spawn, spawnSync } from 'forkless/child_process';
import { readParameters } from '../../support/in-program.js';
import { meddle } from '../../support/meddle.js';
import { childrenOf, openDescriptors } from '../../support/proc.js';
import { runScenario } from '../../support/scenarios.js';

/** `rules` are null where the filter is there from the start. */
const { rules } = readParameters<{ rules: string | null }>();

await runScenario({
  async ends() {
    meddle.installSeccomp(rules ?? '', true);
    const child = await posixSpawn('/bin/sh', ['sh', '-c', 'exit 7']);
    const dropIn = spawn('sh', ['-c', 'exit 7']);
    const ended = [(await child.exited).code, (await once(dropIn, 'exit'))[0]];
    const sleeper = await posixSpawn('/bin/sleep', ['sleep', '60']);
    sleeper.kill('SIGTERM');
    const killed = [(await sleeper.exited).signal];
    const failed = [
      await posixSpawn('/no/such', ['x']).catch(({ code }) => code),
      codeOf(spawnSync('/no/such')),
    ];
    const sync = spawnSync('sh', ['-c', 'printf out; exit 5'], { encoding: 'utf8' });
    const collected = [sync.status, sync.stdout, codeOf(spawnSync('sleep', ['60'], { timeout: 30 }))];
    return { ended, killed, failed, collected, left: childrenOf().length };
  },

  async bothWaitsRefused() {
    meddle.installSeccomp(rules ?? '', true);
    const { code, step } = await failureOfTrue();
    return [code, step, codeOf(spawnSync('/bin/true')), childrenOf().length];
  },

  async oneByOne() {
    const start = async () => (await posixSpawn('/bin/true', ['true'])).exited;
    await start();
    const before = openDescriptors().size;
    if (rules !== null) meddle.installSeccomp(rules, true);
    for (let i = 0; i < 5; i++) await start();
    return openDescriptors().size - before;
  },
});

function failureOfTrue(): Promise<{ code: string; step: string }> {
  return posixSpawn('/bin/true', ['true']).then(
    () => ({ code: 'none', step: 'none' }),
    ({ code, step }) => ({ code, step }),
  );
}

function codeOf({ error }: { error?: Error | undefined }): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}
