import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { at } from '../support/paths.js';
import type { ProgramOptions } from '../support/program.js';
import { startProgram } from '../support/program.js';
import { until } from '../support/until.js';

const STRANGER = 54_321;
const asStranger = [`--reuid=${STRANGER}`, `--regid=${STRANGER}`, '--clear-groups'];
const refused = { code: 'EAGAIN', errno: -11, syscall: 'clone', step: 'clone', left: 0, descriptors: 0 };

describe('a limit on processes is EAGAIN at step clone, and leaves nothing', () => {
  for (const rung of [1, 2, 3, 4]) {
    it(`when it is RLIMIT_NPROC (rung ${rung})`, async function () {
      if (spawnSync('setpriv', [...asStranger, 'test', '-r', at('package.json')]).status !== 0) {
        console.error('SKIPPED: RLIMIT_NPROC binds all but root, and no other user can be had here');
        this.skip();
      }
      // The soft limit, which a process may change of all with its user.
      const setLimit = (pid: number, soft: string): void => {
        execFileSync('setpriv', [...asStranger, 'prlimit', `--nproc=${soft}:`, '--pid', String(pid)]);
      };
      await expectRefusal({
        options: { launcher: ['setpriv', ...asStranger], env: { FORKLESS_RUNG: String(rung) } },
        sees: { file: '/proc/self/limits', limited: 'Max processes +1 ' },
        limit: (pid) => setLimit(pid, '1'),
        unlimit: (pid) => setLimit(pid, '1000'),
      });
    });

    it(`when it is the pids.max of a cgroup (rung ${rung})`, async function () {
      const cgroup = makeCgroup();
      if (cgroup === undefined) {
        console.error('SKIPPED: no cgroup with the controller pids can be made here');
        this.skip();
      }
      const maximum = `${cgroup}/pids.max`;
      try {
        await expectRefusal({
          options: { env: { FORKLESS_RUNG: String(rung) } },
          sees: { file: maximum, limited: '^\\d' },
          limit(pid) {
            writeFileSync(`${cgroup}/cgroup.procs`, String(pid));
            writeFileSync(maximum, readFileSync(`${cgroup}/pids.current`));
          },
          unlimit: () => writeFileSync(maximum, 'max'),
        });
      } finally {
        await until('the cgroup is empty', () => readFileSync(`${cgroup}/cgroup.procs`).length === 0);
        rmdirSync(cgroup);
      }
    });
  }
});

interface Limit {
  readonly options: ProgramOptions;
  /** The file in which the process sees the limit, and what is there then. */
  readonly sees: { readonly file: string; readonly limited: string };
  limit(pid: number): void;
  unlimit(pid: number): void;
}

/** Starts without the limit, under it in each way, and without it again. */
async function expectRefusal({ options, sees, limit, unlimit }: Limit): Promise<void> {
  const node = startProgram(import.meta.url, 'ladder-limits', sees, options);
  try {
    expect(await node.value()).to.equal(0);
    limit(node.pid);
    expect([await node.value(), await node.value()]).to.deep.equal([refused, refused]);
    unlimit(node.pid);
    expect(await node.value()).to.equal(0);
    expect(await node.ended).to.include({ code: 0, stderr: '' });
  } finally {
    node.kill();
    await node.ended;
  }
}

/** Where version 1 has its controller, or in a hierarchy of version 2 whose root hands it on. */
function makeCgroup(): string | undefined {
  for (const parent of ['/sys/fs/cgroup/pids', '/sys/fs/cgroup/unified', '/sys/fs/cgroup']) {
    const cgroup = `${parent}/forkless-test-${process.pid}`;
    try {
      mkdirSync(cgroup);
    } catch {
      continue;
    }
    if (existsSync(`${cgroup}/pids.max`)) return cgroup;
    rmdirSync(cgroup);
  }
  return undefined;
}
