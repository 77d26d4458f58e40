import { expect } from 'chai';
import { hasEnded } from '../support/proc.js';
import { startProgram } from '../support/program.js';
import { until } from '../support/until.js';

describe('a start that is stuck after its ids were reset', () => {
  it('ends with its parent, although a change of ids takes the parent-death signal away', async function () {
    if (process.getuid?.() !== 0) this.skip();
    const node = startProgram(import.meta.url, 'orphan');
    const pid = await node.value<number>();
    expect(hasEnded(pid)).to.equal(false);
    node.kill('SIGKILL');
    await node.ended;
    await until('the child to end', () => hasEnded(pid));
  });
});
