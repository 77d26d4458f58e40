import { expect } from 'chai';
import { isGone } from '../support/proc.js';
import { startNode } from '../support/run-node.js';
import { until } from '../support/until.js';

describe('a start that is stuck after its ids were reset', () => {
  it('ends with its parent, although a change of ids takes the parent-death signal away', async function () {
    if (process.getuid?.() !== 0) this.skip();
    const node = startNode(`
      import { FileActions, posixSpawn } from 'forkless';
      const fifo = makeFifo();
      process.setegid(65534);
      process.seteuid(65534);
      void posixSpawn('/bin/true', ['true'], {
        resetIds: true,
        fileActions: new FileActions().addOpen(9, fifo, 'r'),
      });
      const { pid } = await until('a sleeping child', () => childrenOf().find(({ state }) => state === 'S'));
      say(pid);
    `);
    const pid = await node.value<number>();
    expect(isGone(pid)).to.equal(false);
    node.kill('SIGKILL');
    await node.ended;
    await until('the child to end', () => isGone(pid));
  });
});
