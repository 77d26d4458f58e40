import { expect } from 'chai';
import { fdRun } from '../support/launchers.js';
import { runNodeForValue } from '../support/run-node.js';
import { needLinux, SLOTS } from './flat-crowd.js';
import type { PlansResult } from './flat-plans.js';

const SEED = 0xf1a7;
const PLANS = 400;

describe('a flat start', () => {
  let flat: PlansResult;
  let plain: PlansResult;

  before(async function () {
    needLinux(this, 5, 9);
    flat = await run('always', []);
    plain = await run('never', flat.reserve);
  });

  it('comes of most of these random plans', () => {
    expect(flat.reserve).to.have.length(SLOTS);
    expect(flat.flat).to.be.greaterThan(PLANS / 2);
    expect(plain.flat).to.equal(0);
    expect(plain.free).to.deep.equal(flat.free);
  });

  it(`gives the program what a plain one gives, or fails as it does, in ${PLANS} and where the engine’s own numbers are named`, () => {
    const differences = flat.outcomes
      .map((outcome, index) => ({
        plan: index < PLANS ? `seed ${SEED + index}` : 'of the engine’s own numbers',
        flat: outcome,
        plain: plain.outcomes[index],
      }))
      .filter((outcome) => outcome.flat !== outcome.plain);
    expect(flat.outcomes).to.have.length.greaterThan(PLANS + 200);
    expect(plain.outcomes).to.have.length(flat.outcomes.length);
    expect(JSON.stringify(differences, null, 2)).to.equal('[]');
  });

  it('is compared for plans of every kind of end', () => {
    const ends = new Set(
      plain.outcomes.map((outcome) => outcome.split('\n')[0]?.split(' ').slice(0, 3).join(' ')),
    );
    for (const end of [
      'EBADF at dup2',
      'EBADF at inherit',
      'ENOENT at open',
      'ENOENT at chdir',
      'ENOENT at execve',
    ])
      expect([...ends]).to.include(end);
    expect(plain.outcomes.filter((outcome) => outcome.includes('the file of')).length).to.be.greaterThan(
      PLANS / 3,
    );
  });
});

async function run(mode: 'always' | 'never', reserve: readonly number[]): Promise<PlansResult> {
  return runNodeForValue(new URL('./flat-plans.js', import.meta.url), {
    args: [SEED, PLANS, ...reserve].map(String),
    env: { FORKLESS_FLAT: mode },
    launcher: fdRun('3-5'),
  });
}
