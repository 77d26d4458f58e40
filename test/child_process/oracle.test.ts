import { expect } from 'chai';
import { describeValue } from './describe-value.js';
import { ends, outcomeOf } from './event-log.js';
import type { Door } from './oracle.js';
import { compare, nodes, ours, same } from './oracle.js';

describe('the oracle', () => {
  same(
    'tells the whole life of a child',
    (cp) => outcomeOf(() => cp.spawn('/bin/sh', ['-c', 'echo out; echo err >&2; exit 3'])),
    (outcome) => {
      ends(3, 'out\n')(outcome);
      if ('thrown' in outcome) throw new Error('thrown');
      expect(outcome.stderr).to.equal('err\n');
      expect(outcome.events.map(({ event }) => event)).to.deep.equal(['spawn', 'exit', 'close']);
      expect(outcome.first).to.include({ hasPid: true, spawnfile: '/bin/sh' });
    },
  );

  it('fails when one of the doors does something else', async () => {
    const other: Door = {
      ...ours,
      spawn: (file, args) => ours.spawn(file, args, { argv0: 'another' }),
    };
    const found = await failureOf(() =>
      compare((cp) => outcomeOf(() => cp.spawn('/bin/sh', ['-c', 'echo $0'])), () => {}, [nodes, other]),
    );
    expect(found).to.match(/is not as Node/);
  });

  it('fails when both do the same wrong thing', async () => {
    const found = await failureOf(() =>
      compare((cp) => outcomeOf(() => cp.spawn('/bin/false')), ends(0), [nodes, nodes]),
    );
    expect(found).to.match(/the last event/);
  });

  it('tells errors apart by class, message, code, and the order of their keys', () => {
    const error = (fields: object, message = 'text', Class: ErrorConstructor = Error) =>
      describeValue(Object.assign(new Class(message), fields));
    const first = error({ code: 'A', path: 'b' });
    expect(error({ code: 'A', path: 'b' })).to.deep.equal(first);
    for (const other of [
      error({ path: 'b', code: 'A' }),
      error({ code: 'B', path: 'b' }),
      error({ code: 'A', path: 'b' }, 'another'),
      error({ code: 'A', path: 'b' }, 'text', TypeError),
    ])
      expect(other).not.to.deep.equal(first);
  });

  it('compares two modules that are not the same', () => {
    expect(ours.module).not.to.equal(nodes.module);
    expect(ours.spawn).not.to.equal(nodes.spawn);
  });
});

async function failureOf(run: () => Promise<void>): Promise<string> {
  try {
    await run();
  } catch (error) {
    return String(error);
  }
  throw new Error('it did not fail');
}
