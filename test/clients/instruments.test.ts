// The packages that replace functions of Node, before forkless/register and after it. What they must go on to see is
// counted by them; test/register/instruments.test.ts has the same kinds by hand.
import { existsSync } from 'node:fs';
import { expect } from 'chai';
import type { Way } from '../register/ways.js';
import { ask, byFlags, preload } from '../register/ways.js';
import { INSTALL_TIMEOUT, installed } from '../support/installed.js';
import { at } from '../support/paths.js';

const folder = at(`node_modules/.cache/instruments/${process.version}`);
const REGISTER = 'forkless/register';

/** The module that loads a package: see programs/instrument.ts. */
function load(name: string): string {
  return preload('instrument', { name, folder }, import.meta.url);
}

const orders = (name: string) =>
  [
    ['before', byFlags([load(name), REGISTER])],
    ['after', byFlags([REGISTER, load(name)])],
  ] as const;

function run<T>(way: Way, name: string, env: NodeJS.ProcessEnv = {}): Promise<T> {
  return ask<T>(way, name, null, { env }, import.meta.url);
}

const async = ['spawn', 'exec', 'execFile'];
const all = (engine: (name: string) => boolean) =>
  Object.fromEntries([...async, 'spawnSync', 'execSync', 'execFileSync'].map((name) => [name, engine(name)]));

describe('packages that replace functions of Node, and forkless/register', () => {
  before(function () {
    this.timeout(INSTALL_TIMEOUT);
    const isThere = (): boolean => existsSync(`${folder}/node_modules/sinon`);
    if (!isThere()) installed('instruments');
    if (isThere()) return;
    console.error('      INSTRUMENTS ARE NOT TESTED: scripts/install.mjs could not install them');
    this.skip();
  });

  for (const [when, way] of orders('process-on-spawn'))
    it(`process-on-spawn ${when} it: sees and changes every start, by the engine where it can`, async () => {
      const answer = await run<{ reason: string }>(way, 'six-starts');
      expect(answer).to.deep.include({
        through: all((name) => async.includes(name)),
        seen: ['/bin/true', '/bin/sh', '/bin/true', '/bin/true', '/bin/sh', '/bin/true'],
        text: 'added\n',
      });
      expect(answer.reason).to.match(/spawnSync, execSync, execFileSync are Node's own$/);
    });

  for (const [when, way] of orders('spawn-wrap'))
    it(`spawn-wrap ${when} it: its program runs in place of every Node, and of none when it is taken away`, async () => {
      const answer = await run(way, 'unwrapped', { WRAPPED: at('test/clients/programs/wrapped.cjs') });
      expect(answer).to.deep.equal([
        ['wrapped\n', 'wrapped\n'],
        ['own\n', 'own\n'],
        { backend: 'forkless', reason: null },
      ]);
    });

  it('sinon: an earlier stub stays, and after restore() features() says whose functions are there', async () => {
    const way = byFlags([load('sinon with a stub'), REGISTER]);
    const answer = await run<unknown[]>(way, 'sinon-before');
    expect(answer[0]).to.equal('stub');
    expect(answer[1]).to.match(/^exec of node:child_process had been replaced before/);
    expect(answer.slice(2)).to.deep.equal([
      "other code has put Node's own exec back into node:child_process",
      'exec',
      true,
    ]);
  });

  it('sinon: a later stub is removed by restore(), and our functions are there again', async () => {
    const answer = await run(byFlags([REGISTER, load('sinon')]), 'sinon-after');
    expect(answer).to.deep.equal(['stub', true, 1, true, null]);
  });

  for (const [when, way] of orders('shimmer'))
    it(`shimmer ${when} it: its wrappers are called`, async () => {
      const answer = await run<Record<string, unknown>>(way, 'six-starts');
      expect(answer['seen']).to.deep.equal(['spawn', 'execFile', 'execFile', 'execSync']);
      const kept = when === 'before' ? ['spawn', 'exec', 'execFile', 'execSync'] : [];
      expect(answer['through']).to.deep.equal(all((name) => !kept.includes(name)));
      if (when === 'after') expect(answer['reason']).to.equal(null);
      else
        expect(answer['reason']).to.match(
          /^execFile, execSync, spawn of node:child_process had been replaced/,
        );
    });

  for (const [when, way] of orders('require-in-the-middle'))
    it(`require-in-the-middle ${when} it: its hook is called, and the other functions are ours`, async () => {
      const answer = await run<Record<string, unknown>>(way, 'required');
      expect(answer).to.deep.equal({ seen: ['spawnSync'], spawn: true });
    });

  for (const [when, way] of orders('import-in-the-middle'))
    it(`import-in-the-middle ${when} it: imports by name are ours`, async () => {
      const { through, backend, reason } = await run<Record<string, unknown>>(way, 'six-starts');
      expect(through).to.deep.equal(all(() => true));
      expect({ backend, reason }).to.deep.equal({ backend: 'forkless', reason: null });
    });

  it('import-in-the-middle before it, with the module imported already: features() says so', async () => {
    const early = preload('early-import', undefined, import.meta.url);
    const way = byFlags([load('import-in-the-middle'), early, REGISTER]);
    const { reason } = await run<{ reason: string }>(way, 'drop-in');
    expect(reason).to.match(/^ES modules that import exec, .* by name get Node's own/);
  });
});
