import { expect } from 'chai';
import type { Features } from 'forkless';
import { seccompRun } from '../support/launchers.js';
import { at } from '../support/paths.js';
import { runProgram } from '../support/program.js';

/** What old kernels lack, and what filters forbid that were written before it was there. */
const systems = [
  {
    title: 'Linux 5.4, which has clone3 but no CLONE_CLEAR_SIGHAND, and no close_range',
    launch: ['close_range=ENOSYS'],
    install: 'clone3-outside-libc=EINVAL',
    release: '5.4.0-150-generic',
    rung: 2,
  },
  {
    title: 'Linux 5.8 under a filter that knows no clone3',
    launch: ['clone3=ENOSYS', 'close_range=ENOSYS'],
    release: '5.8.0',
    rung: 2,
  },
  {
    title: 'a filter that forbids all that is younger than itself',
    launch: ['clone3=ENOSYS', 'close_range=EPERM', 'pidfd_open=EPERM', 'waitid-pidfd=EPERM'],
    rung: 2,
  },
  {
    title: 'the same without shared memory, as emulators have it',
    launch: ['clone3=ENOSYS', 'clone-vm=EINVAL', 'close_range=ENOSYS', 'pidfd_open=ENOSYS'],
    rung: 4,
  },
];

interface Answer {
  readonly features: Features;
}

describe('old kernels and narrow filters', () => {
  for (const { title, launch, install, release, rung } of systems)
    it(`are served by the next rung that is there: ${title}`, async () => {
      const { features, ...did } = await runProgram<Answer>(
        import.meta.url,
        'old-kernel',
        { install },
        {
          launcher: seccompRun(...launch),
          nodeArgs: release === undefined ? [] : ['--require', at('test/elsewhere/disguise.cjs')],
          env: { FORKLESS_RUNG: undefined, DISGUISE: JSON.stringify({ release }) },
        },
      );
      expect(did).to.deep.equal({
        code: 7,
        signal: 'SIGKILL',
        missing: ['ENOENT', 'chdir'],
        text: 'through',
        exit: 0,
        stdout: 'sync\n',
      });
      expect(features).to.include({ backend: 'clone', reason: null, rung });
      expect(features.childProcess).to.deep.equal({ backend: 'forkless', reason: null });
      expect(features.rungs).to.deep.equal({ 1: 0, 2: 0, 3: 0, 4: 0, [rung]: 5 });
      if (release !== undefined) expect(features.kernel).to.equal(release);
    });
});
