// For signals-storm.test.ts: starts under a storm of signals, and what became of the parent.
import { readFileSync } from 'node:fs';
import { features, posixSpawn, posixSpawnSync } from 'forkless';
import { readParameters, say } from '../../support/in-program.js';
import { meddle } from '../../support/meddle.js';
import { probeArgv, probePath } from '../../support/probe.js';

const { door, wholeGroup, count } = readParameters<{ door: string; wholeGroup: boolean; count: number }>();
const start = door === 'posixSpawnSync' ? posixSpawnSync : posixSpawn;
const fields = ['SigBlk', 'SigCgt', 'SigIgn'];

const before = readFields();
let ended = 0;
let spawns = 0;
const storm = { sent: 0, runs: 0, strangers: [] as number[] };
// again, where a busy machine has left the thread that sends too little time for a storm
do {
  meddle.startStorm(wholeGroup);
  await Promise.all(Array.from({ length: 20 }, () => startMany(count / 20)));
  const { sent, runs, strangers } = meddle.stopStorm();
  storm.sent += sent;
  storm.runs += runs;
  storm.strangers.push(...strangers);
  spawns += count;
} while (storm.sent <= 1000 || storm.runs <= 1000);
const [mask, handlers, ignored] = readFields().map((field, index) => field === before[index]);
say({ ...storm, ended, spawns, same: { mask, handlers, ignored }, rungs: features().rungs });

async function startMany(many: number): Promise<void> {
  for (let i = 0; i < many; i++) {
    const child = await start(probePath, probeArgv('exit', i % 100));
    if ((await child.exited).code === i % 100) ended++;
  }
}

function readFields(): string[] {
  const status = readFileSync('/proc/self/status', 'latin1').split('\n');
  return fields.map((name) => {
    const line = status.find((candidate) => candidate.startsWith(`${name}:`));
    if (line === undefined) throw new Error(`no ${name}`);
    return line;
  });
}
