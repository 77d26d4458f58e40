import type { SpawnSyncReturns } from 'node:child_process';
import { spawnSync } from 'forkless/child_process';
import { readParameters, say } from '../../support/in-program.js';
import { meddle } from '../../support/meddle.js';

const { count, who } = readParameters<{ count: number; who: keyof typeof others }>();
/** Begins, and gives what then tells how many children it has taken; 1 where that cannot be told. */
const others = {
  'a thread calls waitpid(-1) in a loop'() {
    meddle.startReaper(false);
    return () => meddle.stopReaper().length;
  },
  'a thread waits for all there is'() {
    meddle.startReaper(true);
    return () => meddle.stopReaper().length;
  },
  'SIGCHLD is ignored'() {
    meddle.setSigchld('ignore');
    return () => 1;
  },
  'SA_NOCLDWAIT is set'() {
    meddle.setSigchld('no-wait');
    return () => 1;
  },
};

function codeOf({ error }: SpawnSyncReturns<string | Buffer>): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}

function outcomeOf(result: SpawnSyncReturns<string>): string {
  const { status, signal, stdout } = result;
  return [codeOf(result) ?? status ?? signal ?? 'unknown', String(stdout)].join(' ');
}

function outcomes(line: (index: number) => string): string[] {
  return Array.from({ length: count }, (_, index) =>
    outcomeOf(spawnSync('/bin/sh', ['-c', line(index)], { encoding: 'utf8' })),
  );
}

const countTaken = others[who]();
const exits = outcomes((index) => `echo text; exit ${index % 120}`);
const kills = outcomes(() => 'kill -9 $$');
const misses = outcomes(() => 'exit 127').map(() => codeOf(spawnSync('/no/such/program')));
say({ exits, kills, misses, taken: countTaken() });
