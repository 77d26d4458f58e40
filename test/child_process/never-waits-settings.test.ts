import { expect } from 'chai';
import { describeScenarios, ran } from './never-waits.js';

describe('a start that does not wait, when right after it', () => {
  const refused = (code: string) => (told: unknown) =>
    expect(told).to.deep.equal(
      // All that Node does not throw.
      ['ENOENT', 'EACCES'].includes(code)
        ? { pid: 'none', events: [`error ${code}`, 'close -2 null'] }
        : { thrown: `spawn ${code}` },
    );
  const checks = {
    'cwd is renamed': ran('inside\n'),
    'cwd is removed': ran('listed\n'),
    'cwd is replaced': ran('old\n'),
    'cwd is a link that is set to another folder': ran('old\n'),
    'a relative cwd, and the parent changes its own': ran('right\n'),
    'the parent changes its cwd': ran('right\n'),
    'cwd is missing': refused('ENOENT'),
    'cwd is a file': refused('ENOTDIR'),
    'cwd is too long': refused('ENAMETOOLONG'),
    'cwd is a loop of links': refused('ELOOP'),
    'the parent changes its umask': ran('0027\n'),
    'the object of the environment is changed': ran('old\n'),
    'process.env is changed': ran('old\n'),
    'the list of arguments is changed': ran('old\n'),
    'spawnargs is changed': ran('right\n'),
    'the options are changed': ran('right\nold\n'),
    'the priority of the child is set': ran('5\n'),
    'the priority of the parent is set': (told: unknown) => {
      expect(told).to.have.property('own', 3);
      // Whether the shell has it depends on nothing but the moment of the start.
      ran('0\n')((told as { story: unknown }).story);
    },
  };
  describeScenarios('never-waits-settings', checks);
  describe('in a shared descriptor table', () => {
    describeScenarios('never-waits-settings', checks, { env: { FORKLESS_FLAT: 'always' } });
  });
});
