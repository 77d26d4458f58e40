// What the programs of pid-namespace.test.ts have in common. The watcher's thread and that of Node's file system are
// made first: in another namespace this thread can make none.
import { openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { posixSpawn } from 'forkless';
import { meddle } from '../../support/meddle.js';
import { childrenOf } from '../../support/proc.js';
import { until } from '../../support/until.js';

export const NEWPID = 0x20000000;

/** How this thread comes into another pid namespace; `own`: not at all. */
export type Way = 'own' | 'unshared' | 'joined';

/** The init of the namespace, with whose end no other can be started there. 0: there is none. */
export interface Namespace {
  readonly init: number;
  end(): Promise<unknown>;
}

export async function enterNamespace(way: Way): Promise<Namespace> {
  await (await posixSpawn('/bin/true', ['true'])).exited;
  await readFile('/dev/null');
  if (way === 'own') return { init: 0, end: async () => {} };
  return way === 'unshared' ? unshareNamespace() : joinNamespace();
}

async function unshareNamespace(): Promise<Namespace> {
  meddle.unshare(NEWPID);
  const init = await posixSpawn('/bin/sleep', ['sleep', '1000']);
  return {
    init: init.pid,
    end() {
      init.kill('SIGKILL');
      return init.exited;
    },
  };
}

async function joinNamespace(): Promise<Namespace> {
  const argv = ['unshare', '--pid', '--fork', '--kill-child', 'sleep', '1000'];
  const parent = await posixSpawn('/usr/bin/unshare', argv);
  const pid = await until('its child is there', () => {
    const [child] = childrenOf(parent.pid);
    return child?.command === 'sleep' && child.pid;
  });
  meddle.setns(openSync(`/proc/${pid}/ns/pid`, 'r'));
  return {
    init: pid,
    end() {
      parent.kill('SIGTERM');
      process.kill(pid, 'SIGKILL');
      return parent.exited;
    },
  };
}
