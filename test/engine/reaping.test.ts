import { expect } from 'chai';
import { runNode, runNodeForValue } from '../support/run-node.js';
import { kernelTells, lanes } from './reaping-outcomes.js';

/** Neither 127, nor a signal: those may come from a child before exec. */
const codeOf = (index: number): string => String(index % 120);

function expectRightCodes(found: readonly string[], count: number): void {
  expect(found).to.have.length(count);
  for (const [index, outcome] of found.entries()) {
    const allowed = kernelTells ? [codeOf(index)] : [codeOf(index), 'unknown', 'ERR_CHILD_LOST'];
    expect(outcome, `child ${index}`).to.be.oneOf(allowed);
  }
}

const exits = 'outcomes(300, (i) => outcome(START, probePath, probeArgv("exit", i % 120)))';
const misses = 'outcomes(300, (i) => outcome(START, "/no/such/program", ["x"]))';

interface Counts {
  exits: string[];
  misses: string[];
  taken: { pid: number; status: number }[];
}

for (const start of ['posixSpawn', 'posixSpawnSync']) {
  describe(`${start} in a process where somebody else reaps`, () => {
    const circumstances = {
      'a thread calls waitpid(-1) in a loop': ['meddle.startReaper(false)', 'meddle.stopReaper()'],
      'a thread waits for all there is, failed starts too': [
        'meddle.startReaper(true)',
        'meddle.stopReaper()',
      ],
      'SIGCHLD is ignored': ["meddle.setSigchld('ignore')", '[]'],
      'SA_NOCLDWAIT is set': ["meddle.setSigchld('no-wait')", '[]'],
    };
    for (const [what, [begin, end]] of Object.entries(circumstances)) {
      it(`has right exit codes, and right errors, where ${what}`, async () => {
        const answer = await runNodeForValue<Counts>(`${lanes}
          ${begin};
          const exits = await ${exits.replace('START', start)};
          const misses = await ${misses.replace('START', start)};
          say({ exits, misses, taken: ${end} });`);
        expectRightCodes(answer.exits, 300);
        expect(answer.misses).to.deep.equal(Array.from({ length: 300 }, () => 'ENOENT'));
        if (end !== '[]') expect(answer.taken.length, 'how many the thread took').to.be.greaterThan(0);
      });
    }

    it('does not let a plain waitpid(-1) take a failed start', async () => {
      const { misses: found, taken } = await runNodeForValue<Counts>(`${lanes}
        meddle.startReaper(false);
        const misses = await ${misses.replace('START', start)};
        say({ misses, taken: meddle.stopReaper() });`);
      expect(found).to.deep.equal(Array.from({ length: 300 }, () => 'ENOENT'));
      expect(taken).to.deep.equal([]);
    });
  });
}

describe('children of node:child_process beside ours', () => {
  it('end with the right exit codes, as ours do', async () => {
    const answer = await runNodeForValue<{ ours: string[]; theirs: string[] }>(`${lanes}
      import { spawn } from 'node:child_process';
      const nodes = (code) => new Promise((resolve) =>
        spawn('/bin/sh', ['-c', 'exit ' + code], { stdio: 'ignore' }).on('close', (code, signal) => resolve(String(code ?? signal))));
      const [ours, theirs] = await Promise.all([
        outcomes(150, (i) => outcome(posixSpawn, probePath, probeArgv('exit', i % 120))),
        outcomes(150, (i) => nodes(i % 120)),
      ]);
      say({ ours, theirs });`);
    const expected = Array.from({ length: 150 }, (_, index) => codeOf(index));
    expect(answer.ours).to.deep.equal(expected);
    expect(answer.theirs).to.deep.equal(expected);
  });
});

describe('SIGCHLD', () => {
  it('is raised by a child that ends, never by a start that fails', async () => {
    const counts = await runNodeForValue<number[]>(`${lanes}
      const fifo = makeFifo();
      let count = 0;
      process.on('SIGCHLD', () => count++);
      const failing = [['/no/such/program', {}], ['/bin/true', { cwd: '/no/such' }], ['/bin/true', { fds: [77] }]];
      for (const start of [posixSpawn, posixSpawnSync])
        await outcomes(60, (i) => outcome(start, failing[i % 3][0], ['x'], failing[i % 3][1]));
      const started = posixSpawn('/bin/true', ['true'], { fileActions: new FileActions().addOpen(5, fifo, 'r') });
      process.kill((await until('a child is stuck', () => stuckChildren()[0])), 'SIGKILL');
      await started.catch(() => {});
      const afterFailures = count;
      await (await posixSpawn('/bin/true', ['true'])).exited;
      await until('SIGCHLD has come', () => count > 0);
      say([afterFailures, count]);`);
    expect(counts).to.deep.equal([0, 1]);
  });
});

describe('a process with 100 children in flight', () => {
  it('reaps all of them when it waits for none', async () => {
    const { code, stdout } = await runNode(`
      import { posixSpawn } from 'forkless';
      for (let i = 0; i < 100; i++) await posixSpawn(probePath, probeArgv('exit', 0));
      await until('no child is left', () => childrenOf().length === 0);
      say('done');`);
    expect([code, stdout]).to.deep.equal([0, '"done"\n']);
  });
});
