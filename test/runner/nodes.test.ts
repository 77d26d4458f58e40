import { expect } from 'chai';
import { at } from '../support/paths.js';
import { runNodeForValue } from '../support/run-node.js';

describe('the Nodes of the matrix', () => {
  it('are the newest releases of their lines, by number', async () => {
    const versions = [
      '22.9.0',
      '22.10.1',
      '22.12.0',
      '22.13.0-rc.1',
      '2.2.0',
      '220.0.0',
      '22.2.30',
      '24.1.0',
    ];
    const source = `
      import { newest } from ${JSON.stringify(at('scripts/lib/nodes.mjs'))};
      const versions = ${JSON.stringify(versions)};
      say(['22', '22.10.1', '24', '26'].map((line) => newest(line, versions) ?? null));`;
    expect(await runNodeForValue(source)).to.deep.equal(['22.12.0', '22.10.1', '24.1.0', null]);
  });

  it('are the floors of package.json too', async () => {
    const source = `
      import { readFileSync } from 'node:fs';
      import { nodeLines } from ${JSON.stringify(at('scripts/lib/nodes.mjs'))};
      const { engines } = JSON.parse(readFileSync(${JSON.stringify(at('package.json'))}));
      say(engines.node.match(/\\d+\\.\\d+\\.\\d+/g).filter((version) => !nodeLines.includes(version)));`;
    expect(await runNodeForValue(source)).to.deep.equal([]);
  });
});
