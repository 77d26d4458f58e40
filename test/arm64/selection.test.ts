import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { at } from '../support/paths.js';
import { runNodeForValue } from '../support/run-node.js';

describe('the selection for arm64', () => {
  it('names only files that there are, each in one guest', async () => {
    const source = `
      import { parts } from ${JSON.stringify(at('test/arm64/selection.mjs'))};
      say(parts.flat());`;
    const files = await runNodeForValue<string[]>(source);
    expect(files.filter((file) => !existsSync(at(file)))).to.deep.equal([]);
    expect(new Set(files).size).to.equal(files.length);
  });
});
