import { spawn, spawnSync } from 'forkless/child_process';
import { say } from '../../support/in-program.js';
import { openSockets } from '../../support/proc.js';
import { until } from '../../support/until.js';

type Start = (file: string, args: readonly string[], options: object) => { readonly stderr?: unknown };

spawnSync('/bin/true');
// An epoll descriptor may stay: of Node's own function, which is asked where ours refuses.
const before = openSockets();
const outcomes: string[] = [];
for (const start of [spawn, spawnSync] as Start[])
  for (let good = 0; good < 6; good++) {
    let asked = 0;
    const fd = (): number => {
      if (asked++ >= good) throw new Error('asked');
      return 2;
    };
    const number = {
      get fd() {
        return fd();
      },
    };
    const symbolLater = {
      get fd() {
        const first = fd();
        return asked > 1 ? Symbol('fd') : first;
      },
    };
    const handle = {
      _handle: {
        constructor: { name: 'Pipe' },
        get fd() {
          return fd();
        },
      },
    };
    for (const entry of [number, symbolLater, handle])
      try {
        const stdio = [start === spawn ? 'ignore' : 'pipe', entry, 'pipe'];
        const { stderr } = start('/bin/true', [], { stdio });
        outcomes.push('started');
        (stderr as { destroy?(): void } | null | undefined)?.destroy?.();
      } catch (error) {
        outcomes.push((error as Error).message);
      }
  }
await until('all pipes are closed', () => openSockets() <= before, 3000).catch(() => {});
say({ left: openSockets() - before, outcomes });
