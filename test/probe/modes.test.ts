import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { probeArgv, probeModes, probePath, usedModesFile } from '../support/probe.js';

describe('the modes of the probe', () => {
  it('are those that the tests know', () => {
    const [, ...args] = probeArgv('modes');
    expect(JSON.parse(execFileSync(probePath, args, { encoding: 'utf8' }))).to.deep.equal([...probeModes]);
  });

  // scripts/test.mjs runs this file last.
  it('are each used by a test, as a run of all tests shows', function () {
    if (process.env['FORKLESS_FULL_RUN'] !== '1' || usedModesFile === undefined) return this.skip();
    const used = readFileSync(usedModesFile, 'utf8').split('\n');
    expect(probeModes.filter((mode) => !used.includes(mode))).to.deep.equal([]);
  });
});
