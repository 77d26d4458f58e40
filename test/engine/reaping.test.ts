import { expect } from 'chai';
import { runProgram, runProgramToEnd } from '../support/program.js';
import type { Reaper } from './programs/reaping.js';
import { kernelTells } from './reaping-outcomes.js';

/** Neither 127, nor a signal: those may come from a child before exec. */
const codeOf = (index: number): string => String(index % 120);

function expectRightCodes(found: readonly string[], count: number): void {
  expect(found).to.have.length(count);
  for (const [index, outcome] of found.entries()) {
    const allowed = kernelTells ? [codeOf(index)] : [codeOf(index), 'unknown', 'ERR_CHILD_LOST'];
    expect(outcome, `child ${index}`).to.be.oneOf(allowed);
  }
}

interface Counts {
  exits: string[];
  misses: string[];
  reapedByThread: { pid: number; status: number }[];
}

for (const start of ['posixSpawn', 'posixSpawnSync']) {
  describe(`${start} in a process where other code reaps`, () => {
    const circumstances: Record<string, Reaper> = {
      'a thread calls waitpid(-1) in a loop': 'plain',
      'a thread waits for all there is, failed starts too': 'all',
      'SIGCHLD is ignored': 'ignore',
      'SA_NOCLDWAIT is set': 'no-wait',
    };
    for (const [what, reaper] of Object.entries(circumstances)) {
      it(`has right exit codes, and right errors, where ${what}`, async () => {
        const parameters = { scenario: 'exitsAndMisses', door: start, reaper };
        const answer = await runProgram<Counts>(import.meta.url, 'reaping', parameters);
        expectRightCodes(answer.exits, 300);
        expect(answer.misses).to.deep.equal(Array.from({ length: 300 }, () => 'ENOENT'));
        if (reaper === 'plain' || reaper === 'all')
          expect(answer.reapedByThread.length, 'how many the thread took').to.be.greaterThan(0);
      });
    }

    it('does not let a plain waitpid(-1) take a failed start', async () => {
      const parameters = { scenario: 'misses', door: start, reaper: 'plain' };
      const { misses: found, reapedByThread } = await runProgram<Counts>(
        import.meta.url,
        'reaping',
        parameters,
      );
      expect(found).to.deep.equal(Array.from({ length: 300 }, () => 'ENOENT'));
      expect(reapedByThread).to.deep.equal([]);
    });
  });
}

describe('children of node:child_process beside ours', () => {
  it('end with the right exit codes, as ours do', async () => {
    const answer = await runProgram<{ ours: string[]; theirs: string[] }>(
      import.meta.url,
      'reaping-beside-node',
    );
    const expected = Array.from({ length: 150 }, (_, index) => codeOf(index));
    expect(answer.ours).to.deep.equal(expected);
    expect(answer.theirs).to.deep.equal(expected);
  });
});

describe('SIGCHLD', () => {
  it('is raised by a child that ends, never by a start that fails', async () => {
    const counts = await runProgram(import.meta.url, 'reaping-sigchld');
    expect(counts).to.deep.equal([0, 1]);
  });
});

describe('a process with 100 children in flight', () => {
  it('reaps all of them when it waits for none', async () => {
    const { code, stdout } = await runProgramToEnd(import.meta.url, 'reaping-unasked');
    expect([code, stdout]).to.deep.equal([0, '"done"\n']);
  });
});
