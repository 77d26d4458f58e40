import { accessSync, constants } from 'node:fs';
import { expect } from 'chai';
import { fdRun } from '../support/launchers.js';
import { runProgram } from '../support/program.js';
import { needLinux } from './flat-crowd.js';

describe('a child that hangs while it closes what nobody named', () => {
  before(function () {
    needLinux(this, 5, 9);
    if (canMount()) return;
    console.error('SKIPPED: needs root and /dev/fuse');
    this.skip();
  });

  for (const [what, options] of [
    ['flat', {}],
    ['flat, and leaves this memory', { uid: 0 }],
    ['plain', { resetIds: true }],
  ] as const)
    it(`holds no pipe that another start was borrowed: ${what}`, async () => {
      const result = await runProgram(
        import.meta.url,
        'flat-hanging',
        { options },
        { env: { FORKLESS_FLAT: 'always' }, launcher: fdRun('3') },
      );
      expect(result).to.deep.equal({ file: 3, flat: what === 'plain' ? 0 : 1, end: 0, codes: [7, 7] });
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
