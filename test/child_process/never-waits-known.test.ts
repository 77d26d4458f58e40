import { statSync } from 'node:fs';
import { expect } from 'chai';
import { obstacle, runGated, skipWithout, type Told } from './never-waits.js';
import { ours } from './oracle.js';

const [waits, returns] = [true, false];

const expected = {
  'of a program': [waits, returns],
  'of a program that was started before, with pipes': returns,
  'of a program that was started before, by execFile': returns,
  'of a copy that was just made': [waits, waits],
  'of a link that was just made': [waits, waits],
  'of an old program in a folder that is a link': [waits, returns],
  'of a program that PATH finds behind more folders than before': [
    [returns, returns],
    [waits, returns],
  ],
  'with waitForExec': [returns, [waits, waits]],
  'with waitForExec: false': returns,
  'of a detached child': [waits, waits],
  'with a directory': returns,
  'with an option of this package': [waits, waits],
  'with arguments of 40 KB': waits,
  'of another user': [returns, waits, returns],
  'by spawnSync': waits,
};

const allWait = JSON.parse(JSON.stringify(expected), (_key, value) => (value === false ? waits : value));

describe('spawn returns before exec', () => {
  before(function () {
    skipWithout(this);
    // In a fresh container its files may have just been written.
    const young = ['/bin/true', '/bin/false'].find((file) => Date.now() - statSync(file).ctimeMs < 61_000);
    if (obstacle !== undefined || young === undefined) return;
    console.error(`SKIPPED: ${young} was written just now`);
    this.skip();
  });

  it('where nothing can fail by what is known, and only there', async () => {
    await expectKnown({});
  });
  it('on rung 2', async () => {
    await expectKnown({ FORKLESS_RUNG: '2' });
  });
  it('in a shared descriptor table', async () => {
    await expectKnown({ FORKLESS_FLAT: 'always' });
  });
  for (const [title, env] of [
    ['not with FORKLESS_WAIT=1', { FORKLESS_WAIT: '1' }],
    ['not on rung 3', { FORKLESS_RUNG: '3' }],
    ['not on rung 4', { FORKLESS_RUNG: '4' }],
  ] as const)
    it(title, async () => {
      const told = await known(env);
      // Another user or not: the program as root says what it has seen, and others have nothing to see.
      delete (told as Record<string, unknown>)['of another user'];
      const { 'of another user': _, ...rest } = allWait;
      expect(told).to.deep.equal(rest);
    });
});

/** A machine that is so busy that `spawn` takes longer than the child is held is asked again. */
async function expectKnown(env: Readonly<Record<string, string>>): Promise<void> {
  const asked: Told[] = [];
  while (asked.length < 4 && JSON.stringify(asked.at(-1)) !== JSON.stringify(expected))
    asked.push(await known(env));
  expect(asked.at(-1)).to.deep.equal(expected);
}

async function known(env: Readonly<Record<string, string>>): Promise<Told> {
  const { code, stdout, stderr } = await runGated(ours, 'never-waits-known', { ...env, GATE: 'held' });
  if (code !== 0) throw new Error(stdout + stderr);
  return JSON.parse(stdout);
}
