import { expect } from 'chai';
import { describeScenarios, ran } from './never-waits.js';

describe('a start that does not wait', () => {
  describeScenarios('never-waits-loop', {
    'spawn returns, and the loop turns': (told) => {
      const { found, hasSpawned, story } = told as { found: unknown; hasSpawned: boolean; story: unknown };
      expect(found).to.deep.equal(Array.from({ length: 10 }, () => 'node'));
      expect(hasSpawned).to.equal(true);
      ran('text')(story);
    },
    'it is spawn, data, exit, close': (told) =>
      expect(told).to.deep.equal(Array.from({ length: 20 }, () => 'spawn,data,exit,close')),
    'each way returns a child that runs': (told) => {
      const all = told as readonly (readonly [early: string, story: { stdout: string }])[];
      expect(all.map(([early]) => early)).to.deep.equal(Array.from({ length: 6 }, () => 'node'));
      expect(all.map(([, { stdout }]) => stdout)).to.deep.equal([
        ...Array.from({ length: 5 }, () => 'text\n'),
        '',
      ]);
    },
    'it is unref’d and ref’d': ran(''),
    'its name is that of this program until exec': (told) => expect(told).to.have.property('same', true),
  });
});
