import { expect } from 'chai';
import { runProgram, runProgramToEnd } from '../support/program.js';
import { runNodeForValue } from '../support/run-node.js';

// What happens around a start: nobody waits, the environment is emptied, the thread ends in the middle.
describe('a child of ours', () => {
  it('that does not keep the loop alive emits exit when it ends, not with the next event', async () => {
    const order = await runProgram<string[]>(import.meta.url, 'unreferenced-child');
    expect(order).to.deep.equal(['exit', 'close', 'timer']);
  });

  it('emits exit although the callback of another one, which ended at the same time, throws', async () => {
    const heard = await runProgram<unknown>(import.meta.url, 'thrown-beside');
    expect(heard).to.deep.equal({ told: 4, thrown: 1 });
  });

  it('whose handle other code has closed does not keep the loop alive, whatever is called on the handle', async () => {
    const { code, stdout } = await runProgramToEnd(import.meta.url, 'closed-handle', null, {
      deadlineMs: 20_000,
    });
    expect({ code, stdout }).to.deep.equal({ code: 0, stdout: '[false,1]\n' });
  });

  it('that could not be started because an argument has no text leaves no descriptor', async () => {
    const left = await runProgram<number>(import.meta.url, 'argument-without-text');
    expect(left).to.be.at.most(0);
  });

  it('gets no variable that was deleted after the start before', async () => {
    const seen = await runProgram<string[]>(import.meta.url, 'environment-emptied');
    expect(seen).to.deep.equal([]);
  });

  for (const call of ['spawn', 'spawnSync'])
    it(`reads the text of an argument of ${call} once`, async () => {
      const asked = await runNodeForValue<number>(`
        import { ${call} } from 'forkless/child_process';
        let asked = 0;
        ${call}('/bin/true', [{ toString: () => String(++asked) }], { stdio: 'ignore' });
        say(asked);`);
      expect(asked).to.equal(1);
    });

  it('leaves no pipe open where an entry of stdio throws when its number is read', async () => {
    const { left, outcomes } = await runProgram<{ left: number; outcomes: string[] }>(
      import.meta.url,
      'stdio-that-throws',
    );
    expect(outcomes).to.include('asked');
    expect(left).to.equal(0);
  });

  it('of a Worker that is terminated in the middle of a start gets the end of its input', async () => {
    const { left, started } = await runProgram<{ left: number; started: number }>(
      import.meta.url,
      'terminated-mid-start',
    );
    expect(started).to.be.at.least(200);
    // The thread can be stopped at any instruction: between our release of a socket and Node's taking of it one is lost.
    expect(left).to.be.below(12);
  });

  // The pairs of a start are held for the Worker until its streams have them: however many, and also while others are
  // made because the first ones stand on a number that the start names.
  for (const [title, pipes, named] of [
    ['40 pipes', 40, 0],
    ['three pipes, of which the first ones stood on closed numbers that it names', 3, 4],
  ])
    it(`of a Worker that is terminated in the middle of a start with ${title} gets the end of its input`, async () => {
      const result = await runProgram<{ left: number; children: number }>(
        import.meta.url,
        'terminated-while-stuck',
        { pipes, named },
      );
      expect(result).to.deep.equal({ left: 0, children: 0 });
    });

  // As a start makes them whose first ones stand on numbers that it names, in a Worker that comes no further.
  it('leaves none of the socket pairs open that a terminated Worker has made and not used', async () => {
    const result = await runProgram<unknown>(import.meta.url, 'pairs-not-handed-over');
    expect(result).to.deep.equal({ made: 76, left: 0 });
  });
});
