import { expect } from 'chai';
import { everyDoor } from '../support/every-door.js';
import { uidRun } from '../support/launchers.js';
import type { ProgramOptions } from '../support/program.js';
import { runProgram } from '../support/program.js';
import type { Parameters, Seen } from './programs/parent-unchanged.js';
import { neverStarts, ofTheProcess } from './values-that-start.js';

const USER = 4242;
/** By the four doors together 1,000 of each attribute, where all tests run. */
const isFull = process.env['FORKLESS_FULL_RUN'] === '1';
const STARTS = isFull ? 250 : 24;
/** A copy of the memory each: slow. */
const STARTS_OF_RUNG_4 = isFull ? 40 : 8;
const DEADLINE_MS = 240_000;
const FACTS_OF_A_THREAD = 50;

describe('the parent, in every thread, is as it was after starts with each attribute', function () {
  this.timeout(300_000);

  const look = async (parameters: Parameters, options?: ProgramOptions): Promise<Seen> => {
    const seen = await runProgram<Seen>(import.meta.url, 'parent-unchanged', parameters, {
      ...options,
      deadlineMs: DEADLINE_MS,
    });
    expect(seen.threads).to.be.above(4);
    expect(seen.facts).to.be.above(seen.threads * FACTS_OF_A_THREAD);
    const changed = Object.entries(seen.attributes).filter(
      ([, { changed }]) => Object.keys(changed).length > 0,
    );
    expect(Object.fromEntries(changed)).to.deep.equal({});
    expect(Object.keys(seen.attributes)).to.deep.equal(ofTheProcess.map(({ name }) => name));
    return seen;
  };

  it('and a change would be seen', async () => {
    const parameters: Parameters = { starts: 1, door: 'posixSpawn', spoils: true };
    const seen = await runProgram<Seen>(import.meta.url, 'parent-unchanged', parameters);
    for (const { changed } of Object.values(seen.attributes)) {
      const names = Object.keys(changed).map((name) => name.replace(/ of \d+$/, ''));
      expect(new Set(names)).to.deep.equal(new Set(['Umask', 'scheduling']));
    }
  });

  for (const [door] of everyDoor)
    it(`by ${door}`, async () => {
      const { attributes } = await look({ starts: STARTS, door });
      if (process.getuid?.() !== 0) return;
      // else the test would show nothing
      for (const [name, { started }] of Object.entries(attributes))
        if (!(name in neverStarts)) expect(started, name).to.be.above(0);
    });

  for (const door of ['posixSpawn', 'spawnSync']) {
    it(`in a Worker, by ${door}`, () => look({ starts: STARTS_OF_RUNG_4, door, worker: true }));

    it(`as an ordinary user, by ${door}`, async function () {
      if (process.getuid?.() !== 0) return this.skip(); // nobody else can become one
      await look({ starts: STARTS_OF_RUNG_4, door }, { launcher: uidRun(USER, USER) });
    });

    for (const rung of [2, 3, 4])
      it(`on rung ${rung}, by ${door}`, () =>
        look({ starts: STARTS_OF_RUNG_4, door }, { env: { FORKLESS_RUNG: `${rung}` } }));
  }
});
