import { accessSync, constants } from 'node:fs';
import { expect } from 'chai';
import { runProgram } from '../support/program.js';

// The kernel lets nobody read the stat of a process that is in exec, and closing a file may hang there.
describe('a child that hangs while it closes a file in exec', function () {
  this.timeout(120_000);
  before(function () {
    if (canMount()) return;
    console.error('SKIPPED: needs root and /dev/fuse');
    this.skip();
  });

  for (const [title, options, env] of [
    ['on rung 1', { setsid: true }, {}],
    ['on rung 3, in a session of its own', { setsid: true }, { FORKLESS_RUNG: '3' }],
    ['on rung 3, with own memory', { setsid: true, uid: 0 }, { FORKLESS_RUNG: '3' }],
  ] as const)
    it(`holds up no other start: ${title}`, async () => {
      const seen = await runProgram(import.meta.url, 'exec-hanging', { options }, { env });
      expect(seen).to.deep.equal({ other: 7, hanging: 7 });
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
