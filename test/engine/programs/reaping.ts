// For reaping.test.ts and reaping-lost.test.ts: starts in a process where other code reaps too.
import type { Process } from 'forkless';
import { FileActions, posixSpawn, posixSpawnSync } from 'forkless';
import { readParameters } from '../../support/in-program.js';
import { meddle } from '../../support/meddle.js';
import { probeArgv, probePath } from '../../support/probe.js';
import { stuckChildren } from '../../support/proc.js';
import { runScenario } from '../../support/scenarios.js';
import { makeFifo } from '../../support/temp.js';
import { until } from '../../support/until.js';
import { outcome, outcomes } from '../reaping-outcomes.js';

export type Reaper = 'plain' | 'all' | 'ignore' | 'no-wait';

const { door, reaper } = readParameters<{ door: string; reaper: Reaper }>();
const start = door === 'posixSpawnSync' ? posixSpawnSync : posixSpawn;

function begin(): void {
  if (reaper === 'plain' || reaper === 'all') meddle.startReaper(reaper === 'all');
  else meddle.setSigchld(reaper);
}

function end(): unknown[] {
  return reaper === 'plain' || reaper === 'all' ? meddle.stopReaper() : [];
}

function misses(): Promise<string[]> {
  return outcomes(300, () => outcome(start, '/no/such/program', ['x']));
}

function fieldsOfError(child: Promise<Process>): Promise<object> {
  return child.then(
    () => ({ code: 'none' }),
    (error) => ({ ...error }),
  );
}

await runScenario({
  async exitsAndMisses() {
    begin();
    const exits = await outcomes(300, (index) => outcome(start, probePath, probeArgv('exit', index % 120)));
    const found = await misses();
    return { exits, misses: found, reapedByThread: end() };
  },

  async misses() {
    begin();
    const found = await misses();
    return { misses: found, reapedByThread: end() };
  },

  async killedAfterExec() {
    begin();
    const found = await outcomes(300, () => outcome(start, probePath, probeArgv('kill', 9)));
    end();
    return { found };
  },

  async killedBeforeExec() {
    const fileActions = new FileActions().addOpen(5, makeFifo(), 'r');
    begin();
    const found: object[] = [];
    for (let i = 0; i < 100; i++) {
      const ended = fieldsOfError(posixSpawn('/bin/true', ['true'], { fileActions }));
      process.kill(await until('a child is stuck', () => stuckChildren()[0]), 'SIGKILL');
      found.push(await ended);
    }
    return { found, reapedByThread: end() };
  },

  async killedInExec() {
    meddle.installSeccomp('execve=KILL', false);
    begin();
    const attempt = async (): Promise<Process> => start('/bin/true', ['true']);
    const found = await Promise.all(Array.from({ length: 300 }, () => fieldsOfError(attempt())));
    return { found, reapedByThread: end() };
  },
});
