import { expect } from 'chai';
import { runProgram } from '../support/program.js';

interface Outcome {
  readonly names: number;
  readonly found: readonly (readonly [seen: string, expected: string])[];
}

// What is asked for is an own property, and so is each field of an internal record: what a program, or an attacker by
// a merge of foreign JSON, has put on Object.prototype is no option and no field. In a process of its own for each kind.
describe('Object.prototype', () => {
  for (const kind of [
    'a number',
    'a text',
    'true',
    'a function',
    'a getter that throws',
    'a setter that throws',
  ])
    it(`may hold ${kind} under each name of an option or a field`, async () => {
      const { names, found } = await runProgram<Outcome>(import.meta.url, 'polluted-battery', { kind });
      expect(names).to.be.above(400);
      expect(found).to.deep.equal([]);
    }).timeout(90_000);

  // get, set and the like change what Object.defineProperty makes; serialization and permission are read at load.
  for (const what of ['a value', 'a getter that throws'])
    it(`may hold ${what} under a name that is read while the package is loaded`, async () => {
      const outcome = await runProgram<unknown>(import.meta.url, 'polluted-at-load', {
        throwing: what === 'a getter that throws',
      });
      expect(outcome).to.deep.equal({ error: null, backend: 'forkless', reason: null, same: true });
    });
});
