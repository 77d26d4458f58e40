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

  // get, set and the like change what Object.defineProperty makes; serialization and permission are read at load.
  for (const [what, ending] of [
    ['a value', '{ value: 1, writable: true }'],
    ['a getter that throws', "{ get() { throw new Error('got ' + name); }, set: keep }"],
  ])
    it(`may hold ${what} under a name that is read while the package is loaded`, async () => {
      const outcome = await runNodeForValue<unknown>(
        `
        import childProcess from 'node:child_process';
        import 'node:worker_threads';
        const names = ['get', 'set', 'value', 'writable', 'enumerable', 'configurable', 'serialization', 'permission', 'detached', 'uid'];
        for (const name of names) {
          const keep = function (value) {
            Reflect.defineProperty(this, name, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
          };
          Object.defineProperty(Object.prototype, name, { __proto__: null, ...${ending}, configurable: true });
        }
        let error = null;
        try {
          await import('forkless/register');
        } catch ({ stack }) {
          error = stack;
        }
        for (const name of names) Reflect.deleteProperty(Object.prototype, name);
        const { features } = await import('forkless');
        const { default: ours } = await import('forkless/child_process');
        console.log(JSON.stringify({ error, ...features().childProcess, same: childProcess.exec === ours.exec }));`,
        { bare: true },
      );
      expect(outcome).to.deep.equal({ error: null, backend: 'forkless', reason: null, same: true });
    });
});
