import { mkdirSync } from 'node:fs';
import { expect } from 'chai';
import { runNode } from '../support/run-node.js';
import { tempPath } from '../support/temp.js';
import { docs, examplesOf, sources } from './markdown.js';

describe('the examples of the papers', () => {
  runEach(['README.md', ...docs]);
});

describe('the examples of the docstrings', () => {
  it('are found', () => {
    expect(sources.flatMap(examplesOf).map(({ place }) => place.split(':')[0])).to.include.members([
      'lib/posix/posix-spawn.ts',
      'lib/file-actions.ts',
      'lib/child_process/index.ts',
    ]);
  });

  runEach(sources);
});

function runEach(files: readonly string[]): void {
  for (const { place, code, output } of files.flatMap(examplesOf)) {
    it(`at ${place} ${output === undefined ? 'runs' : 'runs and prints what stands below it'}`, async () => {
      const cwd = tempPath('example');
      mkdirSync(cwd);
      const result = await runNode(code, { bare: true, cwd, deadlineMs: 20_000 });
      expect(result, result.stderr).to.include({ code: 0, signal: null });
      if (output !== undefined) expect(result.stdout).to.equal(output);
    });
  }
}
