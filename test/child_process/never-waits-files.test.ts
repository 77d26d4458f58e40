import { expect } from 'chai';
import { describeScenarios, ran } from './never-waits.js';
import { ours } from './oracle.js';

const runsOld = (told: unknown): void => {
  expect(told).to.have.property('said', 'done');
  ran('the old one')((told as { told: unknown }).told);
};

// Only a program that has lain there for a while is taken for certain: right after `spawn`, a file that was just written
// may be treated as if it were not used any more.
describe('of a program that was written just now, the old one runs when right after spawn', () => {
  describeScenarios(
    'never-waits-files',
    {
      'it is unlinked': runsOld,
      'it is renamed': runsOld,
      'another one is renamed over it': runsOld,
      'it is replaced by another one': runsOld,
      'it is written to': (told) => {
        expect(told).to.have.property('said', 'ETXTBSY');
        ran('the old one')((told as { told: unknown }).told);
      },
      'it may not be run any more': runsOld,
      'it becomes a folder': runsOld,
      'its folder is renamed': runsOld,
      'its folder is replaced': runsOld,
      'its folder may not be searched any more': runsOld,
      'its folder is removed': runsOld,
      'it is found by PATH, and unlinked': runsOld,
      'it is a link to a file that was written just now, and is set to another one': runsOld,
      'the first start of all': ran('the old one'),
    },
    {
      ways: [
        ['as fast as it is', ours, {}],
        ['held before exec for a while', ours, { GATE: 'held' }],
      ],
    },
  );
});
