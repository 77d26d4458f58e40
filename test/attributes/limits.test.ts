import { readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { expect } from 'chai';
import type { PosixSpawnOptions } from 'forkless';
import { explain } from 'forkless';
import { execFileSync, spawnSync } from 'forkless/child_process';
import { limitOf } from '#lib/cli/limits.js';
import { withoutCapability } from '../support/launchers.js';
import { askProbe, probeArgv, probePath } from '../support/probe.js';
import { runProgram } from '../support/program.js';
import { doors, failureOf } from '../support/starts.js';

/** Of this process. */
function limits(name: string): { readonly soft: number | null; readonly hard: number | null } {
  return limitOf(readFileSync('/proc/self/limits', 'latin1'), name) ?? { soft: null, hard: null };
}

type Limits = NonNullable<PosixSpawnOptions['rlimits']>;

/** What a program of the drop-in finds. */
function asked(command: string, options: object): string {
  return execFileSync('/bin/sh', ['-c', command], { encoding: 'utf8', ...options }) as string;
}

for (const [name, start] of doors)
  describe(`nice and rlimits of a child of ${name}`, () => {
    const ask = (options: PosixSpawnOptions) => askProbe(options, start);
    const fail = (options: PosixSpawnOptions) =>
      failureOf(() => start(probePath, probeArgv('exit', 0), options));

    it('are those of the parent where none is given', async () => {
      const { nice, rlimits } = await ask({});
      expect(nice).to.equal(getPriority());
      expect(rlimits['nofile']).to.deep.equal(limits('Max open files'));
    });

    it('are the nice value itself, not an increment', async () => {
      for (const nice of [getPriority(), 19, 7]) expect((await ask({ nice })).nice).to.equal(nice);
    });

    it('are limits, soft and hard, one of them or none at all', async () => {
      const { rlimits: own } = await ask({});
      const { rlimits } = await ask({
        rlimits: { nofile: 100, core: { soft: 0 }, stack: { hard: 2 ** 30, soft: 2 ** 20 }, cpu: undefined },
      });
      expect(rlimits['nofile']).to.deep.equal({ soft: 100, hard: 100 });
      expect(rlimits['core']).to.deep.equal({ soft: 0, hard: own['core']?.hard });
      expect(rlimits['stack']).to.deep.equal({ soft: 2 ** 20, hard: 2 ** 30 });
      expect(rlimits['cpu']).to.deep.equal(own['cpu']);
    });

    it('leave what the start itself needs: a low limit of descriptors comes after they are made', async () => {
      const options = { fds: [0, 1, 2, 1, 1, 1, 1, 1], rlimits: { nofile: 4 } };
      const child = await start(probePath, probeArgv('exit', 3), options);
      expect((await child.exited).code).to.equal(3);
    });

    it('leave what the start itself needs: with no descriptor allowed, a missing program is still told', async () => {
      const options = { cloexecDefault: true, fds: [0, 1, 2], rlimits: { nofile: 0, fsize: 0, as: 0 } };
      const error = await failureOf(() => start('/nonexistent', ['x'], options));
      expect(error).to.include({ code: 'ENOENT', step: 'execve' });
    });

    it('leave the parent as it is', async () => {
      const before = [getPriority(), limits('Max open files')];
      await ask({ nice: 19, rlimits: { nofile: 5 } });
      expect([getPriority(), limits('Max open files')]).to.deep.equal(before);
    });

    it('are refused by the kernel with the name of the step', async () => {
      const { hard } = limits('Max open files');
      const error = await fail({ rlimits: { nofile: { soft: 1, hard: (hard ?? 0) + 2 ** 40 } } });
      expect(error).to.include({ code: 'EPERM', step: 'rlimit', syscall: 'prlimit64' });
    });
  });

describe('nice and rlimits of a child of the drop-in', () => {
  it('are what was asked for', () => {
    expect(asked('nice; ulimit -n; ulimit -Hn', {})).to.equal(
      `${getPriority()}\n${limits('Max open files').soft}\n${limits('Max open files').hard}\n`,
    );
    expect(asked('nice; ulimit -n; ulimit -Hn', { nice: 12, rlimits: { nofile: 64 } })).to.equal(
      '12\n64\n64\n',
    );
  });

  it('are refused by the kernel with the name of the step', () => {
    const { error } = spawnSync('/bin/true', [], { rlimits: { nofile: 2 ** 50 } });
    expect(error).to.have.property('code', 'EPERM');
    expect(error).to.have.nested.property('cause.step', 'rlimit');
  });
});

describe('nice without the right to it', () => {
  it('is refused by the kernel with the name of the step, by every way to start', async () => {
    const refused = { code: 'EACCES', step: 'nice', syscall: 'setpriority' };
    const options = { launcher: withoutCapability('sys_nice') };
    expect(await runProgram(import.meta.url, 'nice-refused', null, options)).to.deep.equal({
      posixSpawn: refused,
      posixSpawnSync: refused,
      spawn: refused,
      spawnSync: refused,
    });
  });
});

describe('the plan of nice and rlimits', () => {
  const lines = (options: PosixSpawnOptions) => explain('/x', ['x'], options).split('\n');

  it('has nice among the scheduler, and limits after the descriptors', () => {
    const rlimits: Limits = { nofile: { soft: 5 }, as: Number.POSITIVE_INFINITY, core: { hard: 1 } };
    expect(
      lines({ nice: -5, umask: 0, uid: 3, rlimits, cloexecDefault: true })
        .slice(0, 11)
        .map((line) => line.trim()),
    ).to.deep.equal([
      '1. sweep 0 to the last',
      '2. nice -5',
      '3. umask 0000',
      '4. own-memory',
      '5. rlimit nofile soft 5',
      '6. rlimit as infinity infinity',
      '7. rlimit core hard 1',
      '8. setgroups to none',
      '9. setuid 3',
      '10. execve "/x"',
      'argv: "x"',
    ]);
  });
});
