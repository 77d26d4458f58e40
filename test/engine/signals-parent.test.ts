import { expect } from 'chai';
import type { PosixSpawnOptions } from 'forkless';
import { FileActions } from 'forkless';
import { meddle } from '../support/meddle.js';
import { probeArgv, probePath } from '../support/probe.js';
import { programUrl, runProgram } from '../support/program.js';
import { runWorker } from '../support/run-worker.js';
import { doors } from '../support/starts.js';

/** 3, 10, 12, 32, 33, 36 and 64. */
const MASK = '8000000980000a04';
const MASK_WITHOUT_LIBC = '8000000800000a04';

const starts: Readonly<Record<string, PosixSpawnOptions>> = {
  success: {},
  'success with another mask': { sigmask: ['SIGHUP'], sigdefault: 'all' },
  'success on a copy of the memory': { resetIds: true },
  'a failed setpgid': { pgroup: 0x7fffffff },
  'a failed setscheduler': { schedPolicy: 'SCHED_FIFO', schedPriority: 0 },
  'a failed setparam': { schedPriority: 1 },
  'a failed chdir': { cwd: '/no/such' },
  'a failed dup2 of fds': { fds: [77] },
  'a failed open': { fileActions: new FileActions().addOpen(5, '/no/such', 'r') },
  'a failed dup2': { fileActions: new FileActions().addDup2(77, 5) },
  'a failed action chdir': { fileActions: new FileActions().addChdir('/no/such') },
  'a failed fchdir': { fileActions: new FileActions().addFchdir(77) },
  'a failed inherit': { fileActions: new FileActions().addInherit(77) },
  'a failed tcsetpgrp': { fileActions: new FileActions().addTcsetpgrp(77) },
};

for (const [name, start] of doors) {
  describe(`the calling thread's signal mask after ${name}`, () => {
    for (const [what, options] of Object.entries(starts)) {
      it(`is as before after ${what}`, () => expectSameMask(probePath, options, what.startsWith('a failed')));
    }

    it('is as before after a failed execve', () => expectSameMask('/no/such/program', {}, true));

    it('is as before where no pipe, no report pipe and no process could be made', async () => {
      const parameters = { door: name, mask: MASK };
      const { codes, masks } = await runProgram<{ codes: string[]; masks: string[] }>(
        import.meta.url,
        'signals-parent',
        parameters,
      );
      expect(codes).to.deep.equal(['none', 'EMFILE pipe', 'EMFILE report-pipe', 'EAGAIN clone']);
      expect(masks).to.deep.equal([MASK, MASK, MASK, MASK]);
    });

    async function expectSameMask(path: string, options: PosixSpawnOptions, fails: boolean): Promise<void> {
      const before = meddle.setMask(MASK);
      try {
        const started = (async () => start(path, probeArgv('exit', 0), options))();
        expect(meddle.getMask(), 'while it starts').to.equal(MASK);
        const failed = await started.then(
          async (child) => {
            expect(meddle.getMask(), 'while it runs').to.equal(MASK);
            await child.exited;
            return false;
          },
          () => true,
        );
        expect(failed).to.equal(fails);
        expect(meddle.getMask()).to.equal(MASK);
      } finally {
        meddle.setMask(before);
      }
    }
  });
}

describe("a Worker's signal mask", () => {
  it('is as before after success and failure', async () => {
    const masks = await runWorker<string[]>(programUrl(import.meta.url, 'signals-worker'), MASK);
    expect(masks).to.have.length(4);
    // Where libuv blocks signals meanwhile it puts the mask back by libc, which leaves out the two of its own.
    for (const mask of masks) expect(mask).to.be.oneOf([MASK, MASK_WITHOUT_LIBC]);
  });
});
