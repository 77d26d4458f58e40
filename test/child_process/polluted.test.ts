import { expect } from 'chai';
import { runNodeForValue } from '../support/run-node.js';

interface Outcome {
  readonly names: number;
  readonly found: readonly (readonly [seen: string, expected: string])[];
}

const battery = new URL('./polluted-battery.js', import.meta.url);

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
      const { names, found } = await runNodeForValue<Outcome>(battery, { args: [kind] });
      expect(names).to.be.above(400);
      expect(found).to.deep.equal([]);
    }).timeout(90_000);
});
