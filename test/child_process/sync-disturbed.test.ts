// Other parts of the process that reap children, or send signals without end.
import { expect } from 'chai';
import { kernelTells } from '../engine/reaping-outcomes.js';
import { runProgram } from '../support/program.js';

const COUNT = 150;

describe('spawnSync in a process where other code reaps', () => {
  for (const who of [
    'a thread calls waitpid(-1) in a loop',
    'a thread waits for all there is',
    'SIGCHLD is ignored',
    'SA_NOCLDWAIT is set',
  ])
    it(`gives the output, and the right end where the kernel still knows it: ${who}`, async () => {
      const answer = await runProgram<Record<'exits' | 'kills' | 'misses', string[]> & { taken: number }>(
        import.meta.url,
        'reaped-elsewhere',
        { count: COUNT, who },
      );
      for (const [index, exit] of answer.exits.entries())
        expect(exit).to.be.oneOf([`${index % 120} text\n`, ...(kernelTells ? [] : ['unknown text\n'])]);
      for (const kill of answer.kills)
        expect(kill).to.be.oneOf(['SIGKILL ', ...(kernelTells ? [] : ['unknown '])]);
      expect(new Set(answer.misses)).to.deep.equal(new Set(['ENOENT']));
      expect(answer.taken).to.be.above(0);
    });
});

describe('spawnSync in a storm of signals', () => {
  it('carries all input and output, and no handler of this process runs in a child', async () => {
    const { wrong, sent, strangers } = await runProgram<{
      wrong: number;
      sent: number;
      strangers: number[];
    }>(import.meta.url, 'storm');
    expect({ wrong, strangers }).to.deep.equal({ wrong: 0, strangers: [] });
    expect(sent).to.be.above(100);
  });
});
