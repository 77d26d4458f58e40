// For terminals.test.ts, with a controlling terminal on 0: what programs see that are given one, or none, or its
// foreground; by each way to start, in the main thread and in a Worker.
import { closeSync, openSync, readFileSync } from 'node:fs';
import { isMainThread, parentPort } from 'node:worker_threads';
import { openPty, tcgetpgrp } from 'forkless';
import { readParameters, say } from '../../support/in-program.js';
import { runWorker } from '../../support/run-worker.js';
import type { Answer, WayOptions } from '../ways.js';
import { ways } from '../ways.js';

/** What the program says of itself. */
export interface Seen {
  readonly terminal: string;
  readonly leadsSession: boolean;
  readonly leadsGroup: boolean;
  /** The device of its controlling terminal; 0: none. */
  readonly device: number;
  /** Its group is in the foreground there. */
  readonly isForeground: boolean;
  /** /dev/tty can be opened. */
  readonly canOpen: boolean;
}

const SCRIPT = `
  read -r _ _ _ _ group session device foreground _ < /proc/self/stat
  echo "$(tty) $((session == $$)) $((group == $$)) $device $((foreground == group))"
  if (: < /dev/tty) 2>/dev/null; then echo 1; else echo 0; fi`;

function seen(answer: Answer): Seen | Exclude<Answer, string> {
  if (typeof answer !== 'string') return answer;
  const words = answer.replace('not a tty', 'none').trim().split(/\s+/);
  const [terminal = '', session, group, device, foreground, opens] = words;
  return {
    terminal,
    leadsSession: session === '1',
    leadsGroup: group === '1',
    device: Number(device),
    isForeground: foreground === '1',
    canOpen: opens === '1',
  };
}

function ownDevice(): number {
  return Number(readFileSync('/proc/self/stat', 'latin1').split(') ')[1]?.split(' ')[4]);
}

async function battery(): Promise<object> {
  const { master, slave, name } = openPty();
  const file = openSync('/dev/null', 'r');
  const group = tcgetpgrp(0);
  const results: Record<string, object> = {};
  for (const [way, start] of ways) {
    const ask = async (options: WayOptions, stdin = 0) =>
      seen(await start('/bin/sh', ['-c', SCRIPT], options, stdin));
    const foregroundOf = async (options: WayOptions, stdin = 0) => {
      const answer = await ask(options, stdin);
      const now = tcgetpgrp(0);
      // Back again, from the background: otherwise this process could not read its terminal.
      await start('/bin/true', [], { foreground: 0, pgroup: group });
      return { answer, changed: now !== group, back: tcgetpgrp(0) === group };
    };
    results[way] = {
      ctty: await ask({ setsid: true, ctty: 0 }, slave),
      'setsid alone': await ask({ setsid: true }, slave),
      'ctty, a file': await ask({ setsid: true, ctty: 0 }, file),
      'ctty, a closed number': await ask({ setsid: true, ctty: 77 }),
      "ctty, another session's": await ask({ setsid: true, ctty: 0 }),
      nothing: await ask({}),
      noctty: await ask({ noctty: true }),
      'noctty: false': await ask({ noctty: false }),
      'noctty, another terminal on 0': await ask({ noctty: true }, slave),
      foreground: await foregroundOf({ foreground: 0 }),
      'a group alone': await foregroundOf({ pgroup: 0 }),
      'foreground, another terminal': await ask({ foreground: 0 }, slave),
      'foreground, a file': await ask({ foreground: 0 }, file),
      'foreground, a closed number': await ask({ foreground: 77 }),
    };
  }
  for (const fd of [master, slave, file]) closeSync(fd);
  return { name, own: ownDevice(), results };
}

/** Of a process that has no terminal. */
async function withoutTerminal(): Promise<object> {
  const results = ways.map(([, start]) => start('/bin/sh', ['-c', SCRIPT], { noctty: true }));
  return (await Promise.all(results)).map(seen);
}

const { worker, without } = readParameters<{ worker?: boolean; without?: boolean }>() ?? {};
if (!isMainThread) parentPort?.postMessage(await battery());
else if (without === true) say(await withoutTerminal());
else if (worker === true) say(await runWorker(new URL(import.meta.url)));
else say(await battery());
