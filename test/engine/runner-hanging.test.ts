import { accessSync, constants } from 'node:fs';
import { expect } from 'chai';
import { runProgram } from '../support/program.js';

// The kernel changes memory and exit signal of a process first, then it closes descriptors, and then it changes the name.
// So for as long as the closing takes, the child has the memory of another program, and the name from before.
describe('a child that hangs in the exec of the runner', () => {
  before(function () {
    if (canMount()) return;
    console.error('SKIPPED: needs root and /dev/fuse');
    this.skip();
  });

  for (const rung of ['1', '2', '3'])
    it(`is not taken for the program on rung ${rung}`, async () => {
      const env = { FORKLESS_RUNG: rung, FORKLESS_FLAT: 'never' };
      const result = await runProgram(import.meta.url, 'runner-hanging', {}, { env });
      expect(result).to.deep.equal({
        runner: 'addon',
        meanwhile: 'pending',
        code: 0,
        outcome: ['ENOENT', 'execve'],
      });
    });
});

function canMount(): boolean {
  try {
    accessSync('/dev/fuse', constants.W_OK);
    return process.getuid?.() === 0;
  } catch {
    return false;
  }
}
