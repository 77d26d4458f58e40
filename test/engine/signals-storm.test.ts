import { expect } from 'chai';
import { runProgram } from '../support/program.js';

interface Outcome {
  ended: number;
  spawns: number;
  sent: number;
  runs: number;
  strangers: number[];
  same: { mask: boolean; handlers: boolean; ignored: boolean };
  rungs: Record<string, number>;
}

interface Storm {
  readonly title: string;
  readonly rung: number;
  readonly spawns: number;
  /** Over children too, which the signals of a process do not meet. */
  readonly wholeGroup: boolean;
  readonly start?: 'posixSpawn' | 'posixSpawnSync';
}

const storms: readonly Storm[] = [
  { title: '10,000 children, themselves under the storm', rung: 1, spawns: 10_000, wholeGroup: true },
  {
    title: '2,000 children of a parent under a storm of all signals',
    rung: 1,
    spawns: 2000,
    wholeGroup: false,
  },
  {
    title: '2,000 children of posixSpawnSync',
    rung: 1,
    spawns: 2000,
    wholeGroup: true,
    start: 'posixSpawnSync',
  },
  { title: '3,000 children where each drops the handlers itself', rung: 2, spawns: 3000, wholeGroup: true },
  { title: '1,000 children of vfork', rung: 3, spawns: 1000, wholeGroup: true },
  { title: '500 children with a copy of the memory', rung: 4, spawns: 500, wholeGroup: true },
];

describe('a storm of signals with handlers for all of them', () => {
  for (const { title, rung, spawns, wholeGroup, start = 'posixSpawn' } of storms) {
    it(`runs no handler in any of ${title}, and leaves the parent whole`, async () => {
      const {
        ended,
        spawns: started,
        sent,
        runs,
        strangers,
        same,
        rungs,
      } = await runProgram<Outcome>(
        import.meta.url,
        'signals-storm',
        { door: start, wholeGroup, count: spawns },
        // A group of its own: a storm over ours would blow through the whole test run.
        { detached: true, env: { FORKLESS_RUNG: String(rung) } },
      );
      expect(strangers).to.deep.equal([]);
      expect(started).to.be.at.least(spawns);
      expect(ended).to.equal(started);
      expect(rungs[rung]).to.equal(started);
      expect(same).to.deep.equal({ mask: true, handlers: true, ignored: true });
      expect(sent).to.be.greaterThan(1000);
      expect(runs).to.be.greaterThan(1000);
    });
  }
});
