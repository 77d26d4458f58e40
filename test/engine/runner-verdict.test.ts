import { mkdirSync } from 'node:fs';
import { expect } from 'chai';
import { seccompRun } from '../support/launchers.js';
import { runProgram } from '../support/program.js';
import { makeFile } from '../support/starts.js';
import { tempPath } from '../support/temp.js';

interface Seen {
  readonly ended: Record<string, readonly unknown[]>;
}

// Before Linux 6.14 the kernel calls a process that execs a descriptor by its number, and the runner is executed so.
describe('the verdict on a program that is called as the runner may be', function () {
  this.timeout(120_000);
  before(function () {
    if (process.getuid?.() !== 0) this.skip();
  });

  const numbers = ['7', '17', '18', '19', '20', '21', '22', '23', '24', '25', '40', '123456'];
  const ran = ['SIGKILL', 'SIGKILL', 3, 3];

  for (const [title, launcher] of [
    ['', []],
    [', where the kernel does not say whether it has memory', seccompRun('process_mrelease=ENOSYS')],
  ] as const)
    it(`is that it has run${title}`, async () => {
      const folder = tempPath('numbers');
      mkdirSync(folder);
      for (const name of numbers)
        makeFile('#!/bin/sh\n[ "$1" = kill ] && kill -KILL $$\nexit 3\n', 0o755, `${folder}/${name}`);
      const seen = await runProgram<Seen>(import.meta.url, 'runner-names', { folder, numbers }, { launcher });
      // One of them may be the runner's own number: then it can be unknown whether the program has begun, but no more.
      const other = numbers.filter((name) => JSON.stringify(seen.ended[name]) !== JSON.stringify(ran));
      expect(other.length, other.join()).to.be.below(2);
      for (const name of other) {
        expect([seen.ended[name]?.[0]].flat()).to.be.an('array').that.includes('ERR_CHILD_LOST');
        expect(seen.ended[name]?.slice(2)).to.deep.equal([3, 3]);
      }
      expect([...new Set(Object.values(seen.ended).flat(2))].sort()).to.not.include('ERR_CHILD_DIED');
      expect(seen).to.deep.include({ living: ['true', 'true'], runner: 'addon' });
    });

  for (const [rule, runner] of [
    ['set-name=EPERM', null],
    ['execveat=EPERM', null],
    ['execveat=ENOSYS', null],
    ['capget=EPERM', null],
    ['process_mrelease=EPERM', 'addon'],
  ] as const)
    it(`is right where a filter has ${rule}: the runner is ${runner}`, async () => {
      const seen = await runProgram(
        import.meta.url,
        'runner-names',
        { folder: '', numbers: [] },
        { launcher: seccompRun(rule) },
      );
      expect(seen).to.deep.equal({ ended: {}, living: ['true', 'true'], runner });
    });
});
