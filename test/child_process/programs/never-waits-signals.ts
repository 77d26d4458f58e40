// What a program sends to a child right after `spawn`, by `kill` and by its number.
import type { ChildProcess } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { constants } from 'node:os';
import { cp } from './door.js';
import { letGo, startHeld, startSlow } from './gate.js';
import { storyOf, tellAll } from './story.js';

type Send = (child: ChildProcess, signal: number) => unknown;

const byKill: Send = (child, signal) => child.kill(signal);
const byNumber: Send = (child, signal) => process.kill(child.pid ?? 0, signal);

const stopping = new Set([
  constants.signals.SIGSTOP,
  constants.signals.SIGTSTP,
  constants.signals.SIGTTIN,
  constants.signals.SIGTTOU,
]);

const spawnCat = (options: object = {}) =>
  cp.spawn('/bin/cat', { ...options, stdio: ['pipe', 'pipe', 'ignore'] });

/** Sends to a child that is not known to have exec'ed. One that lives on, stopped perhaps, ends with its input. */
async function sending(signal: number, send: Send, start: typeof startHeld): Promise<unknown> {
  const child = start(() => spawnCat());
  const said = send(child, signal);
  const story = storyOf(child);
  letGo();
  if (stopping.has(signal)) send(child, constants.signals.SIGCONT);
  child.stdin?.end();
  return { said, killed: child.killed, events: (await story).events };
}

function stateOf(pid: number | undefined): string {
  try {
    return /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1] ?? '';
  } catch {
    return 'gone';
  }
}

const codeOf = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
};

const signals = [...new Set(Object.values(constants.signals))].filter((signal) => signal > 0 && signal < 32);

await tellAll({
  ...Object.fromEntries(
    signals.map((signal) => [`kill ${signal}`, () => sending(signal, byKill, startSlow)]),
  ),
  ...Object.fromEntries(
    signals.map((signal) => [`process.kill ${signal}`, () => sending(signal, byNumber, startHeld)]),
  ),
  'kill 0': () => sending(0, byKill, startSlow),
  'process.kill 0': () => sending(0, byNumber, startHeld),
  'kill to its process group, which there is not': async () => {
    const child = startHeld(() => spawnCat());
    const said = codeOf(() => process.kill(-(child.pid ?? 0), 'SIGTERM'));
    letGo();
    const story = storyOf(child);
    child.stdin?.end();
    return { said, events: (await story).events };
  },
  'kill to the process group of a detached child': async () => {
    const child = startSlow(() => spawnCat({ detached: true }));
    const said = codeOf(() => process.kill(-(child.pid ?? 0), 'SIGTERM'));
    return { said, events: (await storyOf(child)).events };
  },
  'a dead child keeps its number': async () => {
    const child = startHeld(() => spawnCat());
    const { pid = 0 } = child;
    process.kill(pid, 'SIGKILL');
    // In this turn of the loop nothing can be told, however long it lasts.
    while (stateOf(pid) !== 'Z' && stateOf(pid) !== 'gone');
    for (let count = 0; count < 10; count++) cp.spawnSync('/bin/true');
    const found = [
      stateOf(pid),
      codeOf(() => process.kill(pid, 0)),
      child.kill(0),
      child.exitCode,
      child.pid === pid,
    ];
    const { events } = await storyOf(child);
    return { found, events, after: [stateOf(pid), child.signalCode, child.kill()] };
  },
  'a dead child keeps its number until exit is told': async () => {
    const child = startHeld(() => spawnCat());
    const { pid = 0 } = child;
    const found: unknown[] = [];
    child.once('spawn', () => {
      process.kill(pid, 'SIGKILL');
      while (stateOf(pid) !== 'Z' && stateOf(pid) !== 'gone');
    });
    let told = false;
    child.once('exit', () => {
      told = true;
      found.push(['at exit', stateOf(pid), child.signalCode]);
    });
    const watch = (): void => {
      if (told) return;
      const state = stateOf(pid);
      if (state === 'gone') found.push('gone before exit');
      else setImmediate(watch);
    };
    setImmediate(watch);
    const { events } = await storyOf(child);
    return { found, events };
  },
  'what kill has sent meets the program': async () => {
    const found: unknown[] = [];
    for (const signal of ['SIGCONT', 'SIGWINCH', 'SIGSTOP'] as const) {
      const child = startSlow(() => spawnCat());
      const said = child.kill(signal);
      found.push([
        said,
        readlinkSync(`/proc/${child.pid}/exe`) === process.execPath ? 'node' : 'the program',
      ]);
      child.kill('SIGKILL');
      await storyOf(child);
    }
    return found;
  },
  'kill of a child that never comes to exec': async () => {
    const child = startHeld(() => spawnCat());
    const said = child.kill('SIGTERM');
    const { events } = await storyOf(child);
    letGo();
    return { said, events };
  },
  'several signals': async () => {
    const child = startSlow(() => spawnCat());
    const said = [child.kill('SIGCONT'), child.kill(0), child.kill('SIGTERM'), child.kill('SIGKILL')];
    return { said, first: (await storyOf(child)).events[0] };
  },
  'a signal is aborted': async () => {
    const controller = new AbortController();
    const child = startSlow(() => spawnCat({ signal: controller.signal, killSignal: 'SIGINT' }));
    const story = storyOf(child);
    controller.abort();
    return (await story).events;
  },
  'a signal is aborted while the child is held': async () => {
    const controller = new AbortController();
    const child = startSlow(() => spawnCat({ signal: controller.signal }), 300);
    const story = storyOf(child);
    controller.abort(new Error('reason'));
    return (await story).events;
  },
  'a signal was aborted before': () =>
    storyOf(startSlow(() => spawnCat({ signal: AbortSignal.abort() }))).then(({ events }) => events),
  'its time is over before exec': async () => {
    const child = startSlow(() => spawnCat({ timeout: 1 }), 50);
    return (await storyOf(child)).events;
  },
  'a signal is sent after exec': async () => {
    const child = startSlow(() =>
      cp.spawn('/bin/sh', ['-c', 'trap "exit 7" TERM; echo; while :; do :; done']),
    );
    child.stdout?.once('data', () => child.kill());
    return (await storyOf(child)).events;
  },
  'a stopped child goes on': async () => {
    const child = startHeld(() => spawnCat());
    process.kill(child.pid ?? 0, 'SIGSTOP');
    letGo();
    const story = storyOf(child);
    child.stdin?.end('text');
    child.once('spawn', () => setImmediate(() => child.kill('SIGCONT')));
    return story;
  },
});
