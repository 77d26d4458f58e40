import { closeSync, openSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { PosixSpawnOptions } from 'forkless';
import { FileActions, posixSpawn, posixSpawnSync } from 'forkless';
import { meddle } from '../support/meddle.js';
import { childrenOf, openDescriptors, statusField } from '../support/proc.js';
import { stuckOn, untilStuck } from '../support/stuck.js';
import { makeFifo } from '../support/temp.js';

const FAILURES = 500;
const BATCH = 25;

interface State {
  descriptors: [number, string][];
  children: number;
  mask: string;
  mappings: number;
}

// The memory of a start is two shared mappings, as nothing else of Node is; some are kept for the next.
const KEPT_MAPPINGS = 40;

interface Case {
  readonly step: string;
  readonly code: string;
  readonly path?: string;
  readonly options?: () => PosixSpawnOptions;
}

const cases: readonly Case[] = [
  { step: 'open', code: 'ENOENT', options: () => actions((add) => add.addOpen(5, '/no/such/file', 'r')) },
  { step: 'dup2', code: 'EBADF', options: () => actions((add) => add.addDup2(900, 5)) },
  { step: 'inherit', code: 'EBADF', options: () => actions((add) => add.addInherit(900)) },
  { step: 'chdir', code: 'ENOTDIR', options: () => ({ cwd: '/etc/passwd' }) },
  { step: 'fchdir', code: 'EBADF', options: () => actions((add) => add.addFchdir(900)) },
  { step: 'tcsetpgrp', code: 'EBADF', options: () => actions((add) => add.addTcsetpgrp(900)) },
  { step: 'setpgid', code: 'EPERM', options: () => ({ pgroup: 1 }) },
  { step: 'setscheduler', code: 'EINVAL', options: () => ({ schedPolicy: 99 }) },
  { step: 'setparam', code: 'EINVAL', options: () => ({ schedPriority: 99 }) },
  { step: 'execve', code: 'ENOENT', path: '/no/such/program' },
  { step: 'execve', code: 'EACCES', path: '/etc/passwd' },
  { step: 'execve', code: 'E2BIG', options: () => ({ env: [`X=${'x'.repeat(200_000)}`] }) },
];

describe('500 starts that fail', () => {
  for (const { step, code, path = '/bin/true', options = () => ({}) } of cases)
    it(`by ${code} at ${step} leave no descriptor, child, mapping or changed mask`, async () => {
      await expectFlat(async () => {
        for (let i = 0; i < FAILURES; i += BATCH) {
          const starts = Array.from({ length: BATCH - 1 }, () => posixSpawn(path, ['x'], options()));
          starts.push((async () => posixSpawnSync(path, ['x'], options()))());
          await expectAll(starts, code, step);
        }
      });
    });

  // No number is free: there is not even a pipe.
  it('by EMFILE at pipe leave nothing', async () => {
    await expectFlat(async () => {
      const before = meddle.setSoftNofile(Math.max(...openDescriptors().keys()) + 1);
      const fillers = fill();
      try {
        for (let i = 0; i < FAILURES; i++)
          expect(() => posixSpawnSync('/bin/true', ['x'])).to.throw(/EMFILE.*pipe/);
      } finally {
        fillers.forEach(closeSync);
        meddle.setSoftNofile(before);
      }
    });
  });

  it('because they are killed before exec leave nothing', async () => {
    const fifo = makeFifo();
    await expectFlat(async () => {
      for (let i = 0; i < FAILURES; i += BATCH) {
        const starts = Array.from({ length: BATCH }, () => posixSpawn('/bin/true', ['x'], stuckOn(fifo)));
        const verdicts = expectAll(starts, 'ERR_CHILD_DIED', 'open');
        for (const pid of await untilStuck(BATCH)) process.kill(pid, 'SIGKILL');
        await verdicts;
      }
    });
  });

  it('because they are aborted leave nothing', async () => {
    const fifo = makeFifo();
    await expectFlat(async () => {
      for (let i = 0; i < FAILURES; i += BATCH) {
        const controllers = Array.from({ length: BATCH }, () => new AbortController());
        const starts = controllers.map(({ signal }) =>
          posixSpawn('/bin/true', ['x'], { ...stuckOn(fifo), signal }),
        );
        const verdicts = expectAll(starts, 'ABORT_ERR', undefined);
        for (const controller of controllers) controller.abort();
        await verdicts;
      }
    });
  });

  it('because an argument is wrong leave nothing', async () => {
    await expectFlat(async () => {
      for (let i = 0; i < FAILURES; i++) {
        expect(() => posixSpawnSync('/bin/true', [])).to.throw(TypeError);
        await expectAll([posixSpawn('/bin/tr\0ue', ['x'])], 'ERR_INVALID_ARG_VALUE', undefined);
      }
    });
  });
});

function actions(add: (actions: FileActions) => FileActions): PosixSpawnOptions {
  return { fileActions: add(new FileActions()) };
}

async function expectAll(starts: Promise<unknown>[], code: string, step: string | undefined): Promise<void> {
  for (const result of await Promise.allSettled(starts)) {
    if (result.status === 'fulfilled') throw new Error('it started');
    expect(result.reason).to.include({ code });
    expect((result.reason as { step?: string }).step).to.equal(step);
  }
}

/** Takes every free number below the soft limit. */
function fill(): number[] {
  const fds: number[] = [];
  try {
    for (;;) fds.push(openSync('/dev/null', 'r'));
  } catch {
    return fds;
  }
}

/** Runs it twice: what is opened at first use and kept is no leak. */
async function expectFlat(run: () => Promise<void>): Promise<void> {
  await run();
  const before = stateNow();
  await run();
  const { mappings, ...after } = stateNow();
  const { mappings: mappingsBefore, ...rest } = before;
  expect(after).to.deep.equal(rest);
  expect(after.children).to.equal(0);
  expect(mappings - mappingsBefore).to.be.lessThan(KEPT_MAPPINGS);
}

function stateNow(): State {
  return {
    descriptors: [...openDescriptors()],
    children: childrenOf().length,
    mask: statusField('SigBlk'),
    mappings: readFileSync('/proc/self/maps', 'latin1').match(/^\S+ ...s /gm)?.length ?? 0,
  };
}
