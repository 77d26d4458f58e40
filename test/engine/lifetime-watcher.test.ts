import { expect } from 'chai';
import { childrenOf, stateOf } from '../support/proc.js';
import { runProgram, startProgram } from '../support/program.js';
import { until } from '../support/until.js';

// Its pidfd is readable, and yet it is not ours to reap before its tracer lets go.
describe('a dead child that is still traced', () => {
  const cases = {
    'after exec': 'SIGKILL',
    'before exec': 'ERR_CHILD_DIED SIGKILL',
    'before exec, aborted': 'AbortError',
  };
  for (const [moment, outcome] of Object.entries(cases))
    it(`costs the watcher no processor time, and is told of once it is let go (${moment})`, async () => {
      const seen = await runProgram<{ outcome: unknown; tooSoon: boolean; cpuMs: number }>(
        import.meta.url,
        'watcher-traced',
        { moment },
      );
      expect(seen.cpuMs).to.be.lessThan(20);
      expect(seen).to.include({ outcome, tooSoon: false });
    });
});

describe('the watcher', () => {
  it('tells of 1,500 ends that are there at once, of each once', async () => {
    const node = startProgram(import.meta.url, 'watcher-many', { batches: 15, batch: 100 });
    expect(await node.value()).to.equal('started');
    // Stopped, it can take none of the ends before all are there: all children read the input that ends here.
    node.kill('SIGSTOP');
    await until('it is stopped', () => stateOf(node.pid) === 'T');
    node.endInput();
    await until('all are dead', () => childrenOf(node.pid).every(({ state }) => state === 'Z'), 20_000);
    const dead = childrenOf(node.pid).length;
    node.kill('SIGCONT');
    expect(await node.value()).to.deep.equal({ codes: { 0: 1500 }, left: 0, descriptors: 0 });
    expect(dead).to.equal(1500);
    expect(await node.ended).to.include({ code: 0, stderr: '' });
  });
});
