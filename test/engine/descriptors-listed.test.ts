import { expect } from 'chai';
import { seccompRun } from '../support/launchers.js';
import { runProgram } from '../support/program.js';

// Where close_range is refused the child reads its table in /proc, by a descriptor of its own: nobody's source later.
describe('a sweep without close_range', () => {
  for (const error of ['ENOSYS', 'EPERM'])
    it(`by ${error}: leaves no number open that the program's caller could then read from`, async () => {
      const launcher = seccompRun(`close_range=${error}`);
      const found = await runProgram<Record<string, unknown>>(
        import.meta.url,
        'descriptors-listed',
        {},
        { launcher },
      );
      const numbers = Object.keys(found);
      expect(numbers).to.have.length(5);
      expect(found).to.deep.equal(Object.fromEntries(numbers.map((fd) => [fd, `EBADF at dup2 of ${fd}`])));
    });
});
