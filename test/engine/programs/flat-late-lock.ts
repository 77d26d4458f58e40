// For flat-locks.test.ts: a record lock is taken on a file while a held start borrows a slot for it.
import { fstatSync, openSync, readFileSync } from 'node:fs';
import { posixSpawn } from 'forkless';
import { say } from '../../support/in-program.js';
import { probeArgv, probePath } from '../../support/probe.js';
import { reservedNumbers } from '../../support/proc.js';
import { makeFifo } from '../../support/temp.js';
import { until } from '../../support/until.js';
import { flatStarts } from '../flat-crowd.js';
import { tables } from '../flat-meddle.js';

const argv = probeArgv('exit', 0);
await run([]);
await run([]);
const fd = openSync(makeFifo(), 'r+');
tables.installHold();
tables.holdNext(1);
const held = run([fd]);
const pid = await until('it is held', () => tables.heldStarts()[0]);
const borrowed = reservedNumbers().length;
tables.lockRecord(fd);
tables.letGo(pid);
const codes = [await held];
const flat = await flatStarts(async () => {
  for (let i = 0; i < 5; i++) codes.push(await run([]));
});
codes.push(await run([fd]));
const { ino } = fstatSync(fd);
const locked = readFileSync('/proc/locks', 'latin1')
  .split('\n')
  .some((line) => line.includes('POSIX') && line.includes(`:${ino} `));
say({ borrowed, codes, flat, reserve: reservedNumbers().length, locked });

async function run(fds: readonly number[]): Promise<number | null> {
  const child = await posixSpawn(probePath, argv, { cloexecDefault: true, fds });
  return (await child.exited).code;
}
