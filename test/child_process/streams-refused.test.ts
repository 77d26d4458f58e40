import { expect } from 'chai';
import { runNodeForValue } from '../support/run-node.js';

// Other code may have replaced what makes a stream of a descriptor, or the loop may refuse it. There is a child by then.
describe('a child whose streams cannot be made', () => {
  it('is killed, the start fails with the error of the first stream, and no descriptor is left', async () => {
    const seen = await runNodeForValue<unknown>(`
      import { once } from 'node:events';
      import { spawn } from 'forkless/child_process';
      await once(spawn('/bin/true'), 'close');
      const { Pipe } = process.binding('pipe_wrap');
      const { open } = Pipe.prototype;
      const before = openDescriptors().size;
      const outcomes = [];
      for (const refused of [1, 2, 3]) {
        let count = 0;
        Pipe.prototype.open = function (...args) {
          return ++count === refused ? -24 - count : open.apply(this, args);
        };
        let child;
        try {
          child = spawn('sleep', ['60']);
          child.on('error', () => {});
          outcomes.push('started');
        } catch ({ code }) {
          outcomes.push(code + ' after ' + count);
        }
        Pipe.prototype.open = open;
        child?.stdin?.destroy();
      }
      await until('no child runs', () => childrenOf().length === 0);
      await until('no descriptor is left', () => openDescriptors().size <= before);
      say(outcomes);
      process.exit();
    `);
    expect(seen).to.deep.equal(['ENOTTY after 1', 'ETXTBSY after 2', 'EFBIG after 3']);
  });
});
