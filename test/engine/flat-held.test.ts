import { expect } from 'chai';
import { fdRun } from '../support/launchers.js';
import { stateOf } from '../support/proc.js';
import type { ProgramOptions } from '../support/program.js';
import { runProgram, startProgram } from '../support/program.js';
import { slowness } from '../support/slowness.js';
import { until } from '../support/until.js';
import { needLinux, SLOTS } from './flat-crowd.js';

const always = { FORKLESS_FLAT: 'always' };

/** Two sources and the report pipe: three numbers of the reserve. */
const LENT = 3;
/** So many such starts, and one without sources, lend out all but the number that is never borrowed. */
const FULL = 10;

describe('a child that has not left the table of its parent', () => {
  before(function () {
    needLinux(this, 5, 9);
  });

  it('is not waited for: others start, flat ones too, and the loop goes on', async () => {
    const result = await run('notWaitedFor');
    expect(result).to.deep.equal({
      borrowed: LENT,
      turns: true,
      codes: Array(50).fill(7),
      flat: 50,
      state: 'S',
      code: 7,
      left: 0,
      reserve: SLOTS,
    });
  });

  it('is waited for no longer than a moment even if it is the first of all', async () => {
    const result = await run<{ longest: number }>('first', { first: true });
    const { longest, ...rest } = result;
    expect(rest).to.deep.equal({ codes: [7, 7, 7], flat: 3, reserve: SLOTS });
    // A millisecond, and what a busy machine adds. Who waited for the child would wait until it is let go.
    expect(longest).to.be.lessThan(1000 * slowness);
  });

  const deaths = {
    'is killed': 'killed',
    'is stopped and then killed': 'stoppedAndKilled',
    'is traced and killed': 'tracedAndKilled',
  };
  for (const [title, scenario] of Object.entries(deaths))
    it(`gives back what it was borrowed when it ${title}, and leaves no descriptor`, async () => {
      const result = await run(scenario);
      expect(result).to.deep.equal({
        borrowed: LENT,
        flat: 5,
        failure: ['ERR_CHILD_DIED', 'table', 'SIGKILL', null],
        left: 0,
        reserve: SLOTS,
      });
    });

  it('gives back what it was borrowed when its start is aborted', async () => {
    const result = await run('aborted');
    expect(result).to.deep.equal({ name: 'AbortError', gone: true, left: 0, reserve: SLOTS });
  });

  it('gives back what it was borrowed where the limit of descriptors is below that by then', async () => {
    const result = await run('limitBelow');
    expect(result).to.deep.equal({ code: 7, ends: 1 });
  });

  it('does not outlive its parent', async () => {
    const node = startProgram(
      import.meta.url,
      'flat-held',
      { scenario: 'heldWhenParentDies' },
      { env: always },
    );
    const pids = await node.value<number[]>();
    expect(pids.map((pid) => stateOf(pid))).to.deep.equal(['S', 'S']);
    node.write('end');
    expect((await node.ended).signal).to.equal('SIGKILL');
    await until('both are gone', () => pids.every((pid) => [undefined, 'Z', 'X'].includes(stateOf(pid))));
  });

  it('goes on after it was stopped', async () => {
    const result = await run('stoppedAndContinued');
    expect(result).to.deep.equal({ flat: 5, code: 7, left: 0, reserve: SLOTS });
  });

  it('has what was open when it was started, not what the parent opens since', async () => {
    const result = await run('openedSince', {}, { launcher: fdRun('3-6') });
    expect(result).to.deep.equal({ opened: true, failure: ['EBADF', 'dup2', null, null] });
  });

  it('may be one of so many that the reserve is borrowed: the next starts are plain, and right', async () => {
    const result = await run('allLent', { full: FULL });
    const died = ['ERR_CHILD_DIED', 'table', 'SIGKILL', null];
    expect(result).to.deep.equal({
      borrowed: SLOTS - 1,
      codes: Array(5).fill(7),
      flat: 0,
      same: true,
      count: 3,
      ends: [7, 7, ...Array(FULL - 1).fill(died)],
      after: 5,
      left: 0,
      reserve: SLOTS,
    });
  });

  it('keeps nothing of other children open, and nothing of the parent that this closes', async () => {
    const result = await run('neighbourEnds');
    expect(result).to.deep.equal({ code: 0, text: 'text', held: 7 });
  });

  it('that a filter kills is a failed start, each time', async () => {
    const result = await run('killedByFilter');
    const died = ['ERR_CHILD_DIED', 'table', 'SIGSYS', null];
    expect(result).to.deep.equal({ failures: Array(20).fill(died), plain: 7, reserve: SLOTS, flat: 21 });
  });
});

describe('other code in the process', () => {
  before(function () {
    needLinux(this, 5, 9);
  });

  it('that closes the reserve and opens files finds none of them replaced or closed', async () => {
    const result = await runMeddled('reserveClosed');
    expect(result).to.deep.equal({ codes: Array(60).fill(7), wrong: [], flat: true });
  });

  it('that closes all of the reserve but its last number has a new one taken, and nothing stays of the old', async () => {
    const result = await runMeddled('allButLastClosed');
    expect(result).to.deep.equal({ flat: 20, reserve: SLOTS, same: true });
  });

  it('that closes the reserve and opens files while starts are held finds none of them replaced or closed', async () => {
    const result = await runMeddled('closedWhileHeld');
    expect(result).to.deep.equal({ codes: Array(15).fill(7), wrong: [], size: 0 });
  });

  it('that opens the same device on the very number that a start has borrowed keeps it', async () => {
    const result = await runMeddled('sameDeviceOnLentNumber');
    expect(result).to.deep.equal({ borrowed: 1, same: true });
  });

  // Between the clone and the moment that the child has a table of its own, the slots that it has borrowed are in this one.
  it('that opens a file on a number that was borrowed keeps it, and the start fails rather than take it', async () => {
    const result = await runMeddled('fileOnLentSource');
    expect(result).to.deep.equal({ borrowed: 2, failure: ['EBADF', 'dup2', null, null], kept: '/dev/zero' });
  });

  it('that opens a file on the number of the report pipe gets no report into it', async () => {
    const result = await runMeddled('fileOnLentReportPipe');
    expect(result).to.deep.equal({
      borrowed: 2,
      failure: ['ERR_CHILD_DIED', 'table', null, 127],
      kept: '/dev/zero',
    });
  });
});

function run<T = unknown>(
  scenario: string,
  parameters: object = {},
  options: ProgramOptions = {},
): Promise<T> {
  return runHeld<T>('flat-held', { scenario, ...parameters }, options);
}

function runMeddled<T = unknown>(scenario: string): Promise<T> {
  return runHeld<T>('flat-meddled', { scenario }, {});
}

function runHeld<T>(program: string, parameters: object, options: ProgramOptions): Promise<T> {
  return runProgram<T>(import.meta.url, program, parameters, { env: always, deadlineMs: 15_000, ...options });
}
