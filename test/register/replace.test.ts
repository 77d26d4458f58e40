import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { at } from '../support/paths.js';
import { runNodeForValue } from '../support/run-node.js';
import { ask, byFlag, byImport, ways } from './ways.js';

describe('forkless/register', () => {
  for (const way of ways)
    it(`by ${way.title} puts every way to child_process through the engine`, async () => {
      const through = await ask<Record<string, boolean>>(way, 'every-way');
      expect(Object.keys(through)).to.have.length.of.at.least(14);
      expect(Object.entries(through).filter(([, engine]) => !engine)).to.deep.equal([]);
    });

  it('is needed for that: without it none goes through the engine', async () => {
    const through = await ask<Record<string, boolean>>(undefined, 'every-way');
    expect(Object.entries(through).filter(([, engine]) => engine)).to.deep.equal([]);
  });

  it('works in a program of CommonJS, by a flag and by require', async () => {
    const program = pathToFileURL(at('test/register/program.cjs'));
    expect(await runNodeForValue(program, byFlag.options)).to.deep.equal([true, true, true]);
    expect(await runNodeForValue(program, { args: ['require'] })).to.deep.equal([true, true, true]);
    expect(await runNodeForValue(program)).to.deep.equal([false, false, false]);
  });

  it("leaves the module as Node's, down to names, lengths and which function calls which", async () => {
    const [plain, registered] = await Promise.all([ask(undefined, 'likeness'), ask(byFlag, 'likeness')]);
    expect(registered).to.deep.equal(plain);
  });

  it("makes children of Node's own class, which stays where it is", async () => {
    const same = await ask(undefined, 'node-class');
    expect(same).to.deep.equal([true, true, 'ChildProcess']);
  });

  it('lets others patch what it has put there, and does not undo it when it is loaded again, or by a second copy', async () => {
    const result = await ask<object>(byFlag, 'second-copy');
    expect(result).to.deep.equal({ kept: true, first: true, second: true });
  });

  it('puts the functions of forkless/child_process themselves there', async () => {
    const different = await ask(byFlag, 'very-functions');
    expect(different).to.deep.equal([]);
  });

  for (const way of [byFlag, byImport])
    it(`by ${way.title} reaches cluster, whose workers share a port and talk`, async () => {
      const result = await ask<object>(way, 'cluster');
      expect(result).to.deep.equal({
        starts: 2,
        answers: ['hello', 'hello', 'hi', 'hi'],
        exits: [
          [3, null],
          [3, null],
        ],
      });
    });
});
