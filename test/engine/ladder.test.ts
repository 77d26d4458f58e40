import { expect } from 'chai';
import { seccompRun } from '../support/launchers.js';
import type { ProgramOptions } from '../support/program.js';
import { runProgram } from '../support/program.js';
import type { Battery } from './programs/ladder-battery.js';

interface Case {
  readonly title: string;
  readonly rung: number;
  readonly env?: Record<string, string>;
  /** A filter from the start of the process. */
  readonly launch?: readonly string[];
  /** A filter that the process installs on itself. */
  readonly install?: string;
}

const noClone3 = 'clone3=ENOSYS';
const cases: readonly Case[] = [
  ...[2, 3, 4].map((rung) => ({
    title: `FORKLESS_RUNG=${rung}`,
    rung,
    env: { FORKLESS_RUNG: String(rung) },
  })),
  { title: 'clone3: ENOSYS', rung: 2, launch: [noClone3] },
  ...['ENOSYS', 'EPERM', 'EINVAL', 'E2BIG'].map((error) => ({
    title: `clone3: ${error}, in this process`,
    rung: 2,
    install: `clone3-outside-libc=${error}`,
  })),
  ...['ENOSYS', 'EPERM', 'EINVAL'].flatMap((error) => [
    {
      title: `clone with VM but no VFORK: ${error}`,
      rung: 3,
      launch: [noClone3, `clone-vm-novfork=${error}`],
    },
    { title: `clone with VM: ${error}`, rung: 4, launch: [noClone3, `clone-vm=${error}`] },
  ]),
  ...['close_range', 'pidfd_open', 'execveat'].flatMap((call) =>
    ['ENOSYS', 'EPERM'].map((error) => ({
      title: `${call}: ${error}`,
      rung: 1,
      launch: [`${call}=${error}`],
    })),
  ),
  ...['ENOSYS', 'EPERM', 'EINVAL'].map((error) => ({
    title: `waitid(P_PIDFD): ${error}`,
    rung: 1,
    launch: [`waitid-pidfd=${error}`],
  })),
  {
    title: 'all of them',
    rung: 4,
    launch: [
      noClone3,
      'clone-vm=EPERM',
      'close_range=EPERM',
      'pidfd_open=EPERM',
      'execveat=EPERM',
      'waitid-pidfd=EPERM',
    ],
  },
];

describe('the ladder', function () {
  this.timeout(60_000);
  let best: Battery;

  before(async () => {
    best = await run({ title: '', rung: 1 });
  });

  it('starts on rung 1, where everything is as it should be', () => {
    expect(best.rung).to.equal(1);
    expect(best.rungs).to.include({ 2: 0, 3: 0, 4: 0 });
    expect(best.left).to.deep.equal({ children: 0, descriptors: 0, mask: true });
    expect(best.results).to.deep.include({
      'success, posixSpawn': [0, null, false],
      'exit code, posixSpawnSync': [77, null, false],
      'signal death, posixSpawn': [null, 'SIGUSR2', false],
      'signal death, posixSpawn, kill after': false,
      kill: [true, true, [null, 'SIGKILL', false]],
      'fds, from above': ['0 /dev/full false', '1 /dev/zero false', '2 /dev/null false'],
      closefrom: ['0 /dev/null false', '1 /dev/zero false', '2 /dev/full false'],
      'signals as they are': '0000000008000000,0000000001001000,0000000000000000,18',
      session: [true, true],
      group: [false, true],
    });
    const failures = {
      'no program': ['ENOENT', 'execve', undefined],
      'no permission': ['EACCES', 'execve', undefined],
      'a directory': ['EACCES', 'execve', undefined],
      'not in a directory': ['ENOTDIR', 'execve', undefined],
      'a loop of links': ['ELOOP', 'execve', undefined],
      'no cwd': ['ENOENT', 'chdir', undefined],
      'no such group': ['EPERM', 'setpgid', undefined],
      'no such policy': ['EINVAL', 'setscheduler', undefined],
      open: ['ENOENT', 'open', 1],
      dup2: ['EBADF', 'dup2', 0],
      inherit: ['EBADF', 'inherit', 0],
      chdir: ['ENOENT', 'chdir', 1],
      fchdir: ['EBADF', 'fchdir', 1],
      tcsetpgrp: ['ENOTTY', 'tcsetpgrp', 1],
    };
    for (const [title, [code, step, actionIndex]] of Object.entries(failures))
      for (const name of ['posixSpawn', 'posixSpawnSync']) {
        // What is undefined is not in the JSON.
        const expected = actionIndex === undefined ? { code, step } : { code, step, actionIndex };
        expect(best.results[`${title}, ${name}`], title).to.include({ name: 'SpawnError', ...expected });
      }
    expect(best.stuck).to.have.nested.property('aborted.name', 'AbortError');
    expect(best.stuck).to.have.nested.property('killed.code', 'ERR_CHILD_DIED');
    expect(best.stuck)
      .to.include({ 'children after': 0 })
      .and.deep.include({ released: [8, null, false] });
  });

  for (const profile of cases)
    it(`comes to rung ${profile.rung} and to the same results with ${profile.title}`, async () => {
      const battery = await run(profile);
      expect(battery.rung).to.equal(profile.rung);
      for (const [title, result] of Object.entries(best.results))
        expect(battery.results[title], title).to.deep.equal(result);
      if (profile.rung !== 3) expect(battery.stuck).to.deep.equal(best.stuck);
      expect(battery.left).to.deep.equal(best.left);
      expect(battery.rungs).to.deep.equal({ 1: 0, 2: 0, 3: 0, 4: 0, [profile.rung]: best.rungs['1'] });
    });

  it('refuses a rung that does not exist', async () => {
    for (const rung of ['0', '5', '1.5', 'x']) {
      const { code, backend, reason } = await runRungs<Record<string, string | null>>('unknownRung', {
        env: { FORKLESS_RUNG: rung },
      });
      expect(code, rung).to.equal('ERR_INVALID_ARG_VALUE');
      expect(backend).to.equal(null);
      expect(reason).to.contain('FORKLESS_RUNG');
    }
  });

  it('does not fall from a rung that was asked for: the error is that of the clone', async () => {
    const options = { env: { FORKLESS_RUNG: '1' }, launcher: seccompRun(noClone3) };
    const results = await runRungs('refused', options);
    expect(results).to.deep.equal({
      code: 'ENOSYS',
      step: 'clone',
      rungs: { 1: 0, 2: 0, 3: 0, 4: 0 },
      left: 0,
    });
  });

  it('leaves nothing behind where no way gives a pidfd: what began without one is killed', async () => {
    const seen = await runRungs('withoutPidfd', {
      launcher: seccompRun(noClone3, 'clone-pidfd=EINVAL', 'pidfd_open=ENOSYS'),
      deadlineMs: 30_000,
    });
    expect(seen).to.deep.equal({ outcomes: Array(2).fill('EINVAL at clone'), left: 0 });
  });

  it('is tried once: what the first start finds out holds for all threads', async () => {
    const rungs = await runRungs('twoThreads', { launcher: seccompRun(noClone3) });
    expect(rungs).to.deep.equal({ 1: 0, 2: 2, 3: 0, 4: 0 });
  });

  it('gives rung 4 to a start that must not share memory, and to that one alone', async () => {
    const rungs = await runRungs('withoutSharedMemory');
    expect(rungs).to.deep.equal({ rungs: { 1: 1, 2: 0, 3: 0, 4: 3 }, rung: 1 });
  });
});

function run({ env = {}, launch = [], install }: Case): Promise<Battery> {
  const options: ProgramOptions = {
    // The library must find out by itself, whatever this process was told.
    env: { FORKLESS_RUNG: undefined, ...env },
    launcher: launch.length > 0 ? seccompRun(...launch) : [],
  };
  return runProgram<Battery>(import.meta.url, 'ladder-battery', { rules: install ?? null }, options);
}

function runRungs<T>(scenario: string, options: ProgramOptions = {}): Promise<T> {
  return runProgram<T>(import.meta.url, 'ladder-rungs', { scenario }, options);
}
