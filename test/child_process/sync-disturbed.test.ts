// Other parts of the process that reap children, or send signals without end.
import { expect } from 'chai';
import { kernelTells } from '../engine/reaping-outcomes.js';
import { runNodeForValue } from '../support/run-node.js';

const COUNT = 150;

const outcomes = `
  const { default: cp } = await import('forkless/child_process');
  const outcome = ({ status, signal, error, stdout }) => [error?.code ?? status ?? signal ?? 'unknown', String(stdout)].join(' ');
  const outcomes = (line) => Array.from({ length: ${COUNT} }, (_, i) =>
    outcome(cp.spawnSync('/bin/sh', ['-c', line(i)], { encoding: 'utf8' })));`;

describe('spawnSync in a process where somebody else reaps', () => {
  const circumstances = {
    'a thread calls waitpid(-1) in a loop': ['meddle.startReaper(false)', 'meddle.stopReaper().length'],
    'a thread waits for all there is': ['meddle.startReaper(true)', 'meddle.stopReaper().length'],
    'SIGCHLD is ignored': ["meddle.setSigchld('ignore')", '1'],
    'SA_NOCLDWAIT is set': ["meddle.setSigchld('no-wait')", '1'],
  };
  for (const [what, [begin, taken]] of Object.entries(circumstances))
    it(`gives the output, and the right end where the kernel still knows it: ${what}`, async () => {
      const answer = await runNodeForValue<
        Record<'exits' | 'kills' | 'misses', string[]> & { taken: number }
      >(
        `${outcomes}
         ${begin};
         const exits = outcomes((i) => 'echo text; exit ' + (i % 120));
         const kills = outcomes(() => 'kill -9 $$');
         const misses = outcomes(() => 'exit 127').map(() => cp.spawnSync('/no/such/program').error?.code);
         say({ exits, kills, misses, taken: ${taken} });`,
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
  it('feeds and gathers all, and no handler of this process runs in a child', async () => {
    const { wrong, sent, strangers } = await runNodeForValue<{
      wrong: number;
      sent: number;
      strangers: number[];
    }>(`
      const { default: cp } = await import('forkless/child_process');
      const input = 'text '.repeat(200_000);
      meddle.startStorm(false);
      let wrong = 0;
      for (let i = 0; i < 40; i++) {
        const { stdout, status } = cp.spawnSync('cat', { input, encoding: 'latin1', timeout: 60_000 });
        if (status !== 0 || stdout !== input) wrong++;
      }
      const { sent, strangers } = meddle.stopStorm();
      say({ wrong, sent, strangers });`);
    expect({ wrong, strangers }).to.deep.equal({ wrong: 0, strangers: [] });
    expect(sent).to.be.above(100);
  });
});
