import { expect } from 'chai';
import { runProgram } from '../support/program.js';

// Behind both doors, which do not ask for a child that has ended: a late event, or a late call, names nobody.
it('an id of a child that has ended is not that of the next child, which stands in its slot', async () => {
  const seen = await runProgram(import.meta.url, 'watcher-slots');
  expect(seen).to.deep.equal({ sameSlot: true, sameId: false, late: 3, lives: true, own: 0 });
});
