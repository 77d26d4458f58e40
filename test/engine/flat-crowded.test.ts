import { expect } from 'chai';
import { runProgram } from '../support/program.js';
import { hasRoomFor, needLinux, SLOTS } from './flat-crowd.js';

interface Crowded {
  starts: number;
  flat: number;
  wrong: string[];
  failures: unknown[];
  table: string[];
  ends: Record<string, string>;
  left: number;
  reserve: number;
}

for (const count of [4000, 19_000])
  describe(`with ${count} descriptors open`, () => {
    let result: Crowded;

    before(async function () {
      needLinux(this, 5, 9);
      if (!hasRoomFor(count)) {
        console.error(`SKIPPED: RLIMIT_NOFILE is too low for ${count} descriptors`);
        this.skip();
      }
      result = await runProgram<Crowded>(import.meta.url, 'flat-crowded', { count }, { deadlineMs: 20_000 });
    });

    it('these starts are flat, but for those that name a closed descriptor', () => {
      expect(result.starts).to.be.greaterThan(40);
      expect(result.flat).to.be.within(result.starts - 4, result.starts);
    });

    it('data goes both ways, by pipes of the drop-in and by pipes of the caller', () => {
      expect(result.wrong).to.deep.equal([]);
    });

    it('a failure names the step, by both doors', () => {
      const ofEachDoor = [
        ['ENOENT', 'execve', null, null],
        ['EACCES', 'execve', null, null],
        ['EBADF', 'dup2', null, 19_900],
        ['ENOENT', 'open', 1, 5],
        ['EBADF', 'inherit', 0, 19_900],
        ['ENOENT', 'chdir', null, null],
        ['EPERM', 'setpgid', null, null],
      ];
      expect(result.failures).to.deep.equal([...ofEachDoor, ...ofEachDoor]);
    });

    it('the program has what was named, and nothing else', () => {
      expect(result.table).to.deep.equal(['0 /dev/null', '1 a pipe', '7 /dev/zero']);
    });

    it('a pipe ends with the child, or when its start has failed: nothing else holds it', () => {
      expect(result.ends).to.deep.equal({
        'closed by the parent at once, the loop blocked': 'text',
        'of a start that failed': '',
        'of a start that blocks': 'text',
        'while other starts are stuck': 'text',
        'while other children run': 'text',
      });
    });

    it('no descriptor and no number of the reserve is missing in the end', () => {
      expect(result).to.include({ left: 0, reserve: SLOTS });
    });
  });
