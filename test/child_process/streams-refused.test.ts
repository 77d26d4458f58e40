import { expect } from 'chai';
import { runProgram } from '../support/program.js';

// Other code may have replaced what makes a stream of a descriptor, or the loop may refuse it. There is a child by then.
describe('a child whose streams cannot be made', () => {
  it('is killed: the start fails with the error of the first stream, and no descriptor is left', async () => {
    const seen = await runProgram<unknown>(import.meta.url, 'streams-refused');
    expect(seen).to.deep.equal(['ENOTTY after 1', 'ETXTBSY after 2', 'EFBIG after 3']);
  });
});
