// The import loads little: the engine comes with the first start, with features(), or after a second.
import { chmodSync, cpSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { features } from 'forkless';
import { SLOTS } from '../engine/flat-crowd.js';
import { at } from '../support/paths.js';
import { runProgram } from '../support/program.js';
import { tempPath } from '../support/temp.js';

interface Outcome {
  readonly during: unknown;
  /** Does a start after the trouble go through the engine? */
  readonly after: boolean | null;
  readonly warnings: readonly string[];
}

const binary = path.relative(at(''), String(features().binary));

/** What starts of all kinds give if Node's functions do them, or the engine. */
const used = (byEngine: boolean): unknown[] => ['hi\n', 'exec\n', 0, byEngine];

function start(trouble: string, folder = at('')): Promise<Outcome> {
  return runProgram<Outcome>(import.meta.url, 'first-start', { trouble, folder });
}

function copyPackage(): string {
  const folder = tempPath('package');
  for (const part of ['package.json', 'dist', binary])
    cpSync(at(part), path.join(folder, part), { recursive: true });
  return folder;
}

describe('before the first start', () => {
  const small = ['dist/early.js'];
  for (const [entry, own] of [
    ['forkless/child_process', 'dist/child_process/index.js'],
    ['forkless/register', 'dist/register.js'],
  ] as const)
    for (const by of ['import', 'require'] as const)
      it(`the ${by} of ${entry} loads no file of the engine; the start does`, async () => {
        const { before, after } = await runProgram<Record<string, string[]>>(
          import.meta.url,
          'loaded-files',
          {
            entry,
            by,
          },
        );
        expect(before).to.deep.equal([own, ...small].sort());
        expect(after).to.deep.equal([own, ...small, 'dist/forkless.js', binary].sort());
      });

  it('features() loads the engine, and then tells what the drop-in is', async () => {
    const said = await runProgram(import.meta.url, 'asked-first');
    expect(said).to.deep.equal({ backend: 'forkless', reason: null });
  });

  it('the engine is loaded after a second, so that its reserve has low numbers', async () => {
    const { atOnce, status, reserved } = await runProgram<{
      readonly atOnce: boolean;
      readonly status: number;
      readonly reserved: readonly number[];
    }>(import.meta.url, 'reserve-in-time');
    expect({ atOnce, status }).to.deep.equal({ atOnce: false, status: 0 });
    expect(reserved).to.have.length(SLOTS);
    expect(Math.max(...reserved)).to.be.below(500);
  });
});

describe('a first start that cannot load the engine goes to Node’s function', () => {
  it('with one warning, where the package has been deleted', async () => {
    const { during, warnings } = await start('deleted', copyPackage());
    expect(during).to.deep.equal(used(false));
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.match(/^ForklessWarning: .* its engine cannot be loaded: Cannot find module/);
  });

  it('with one warning, where the program has become a user who may not read the package', async function () {
    if (process.getuid?.() !== 0) return this.skip();
    const folder = copyPackage();
    chmodSync(folder, 0o700);
    const { during, warnings } = await start('other user', folder);
    expect(during).to.deep.equal(used(false));
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.match(/^ForklessWarning: /);
  });

  it('where a tool has replaced the functions of node:fs, as memfs and mock-fs do', async () => {
    const { during, warnings } = await start('fs replaced');
    expect(during).to.deep.equal(used(false));
    expect(warnings).to.have.length(1);
  });

  it('where no descriptor is free, and the next one finds the engine; but not with an option of ours', async () => {
    const refused = Array(7).fill('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM');
    expect(await start('no descriptors')).to.deep.equal({
      during: ['EMFILE', ...refused],
      after: true,
      warnings: [],
    });
  });

  it('where the stack is too deep, and the next one finds the engine; but not with an option of ours', async () => {
    const { during, after, warnings } = await start('deep stack');
    const { thrown, masks } = during as Readonly<Record<string, readonly string[]>>;
    expect(masks).to.deep.equal(['0077\n']);
    expect(['RangeError', 'TypeError']).to.include.members([...(thrown ?? [])]);
    expect({ after, warnings }).to.deep.equal({ after: true, warnings: [] });
  });

  it('but not where node-gyp-build is missing: the binary is found without it', async () => {
    const { during } = await start('none', copyPackage());
    expect(during).to.deep.equal(used(true));
  });

  it('but not where a fake clock was there at the import, whose timers are numbers', async () => {
    expect(await start('fake clock')).to.deep.equal({ during: used(true), after: true, warnings: [] });
  });

  for (const [trouble, what] of [
    ['no process', 'there was no global process at the import, also of register'],
    ['frozen', 'the modules were frozen, also for register'],
  ] as const)
    it(`but not where ${what}`, async () => {
      const { during, after } = await start(trouble);
      expect({ during, after }).to.deep.equal({ during: used(true), after: true });
    });

  it('but not where node:fs is replaced a second after the import, and not any more at the first start', async () => {
    expect(await start('fs replaced later')).to.deep.equal({ during: used(true), after: true, warnings: [] });
  });

  it('but not where a test has changed process.platform after the import', async () => {
    const { during, warnings } = await start('platform replaced');
    expect({ during, warnings }).to.deep.equal({ during: [true, ...used(true)], warnings: [] });
  });

  it('and there is one engine where something carries the files out again, as jest does', async () => {
    const { during } = await start('carried out again');
    expect(during).to.deep.equal([true, 0, { backend: 'forkless', reason: null }]);
  });

  it('but not where a test runner has taken its require away: the engine is loaded by Node’s', async () => {
    expect(await start('torn down')).to.deep.equal({ during: used(true), after: true, warnings: [] });
  });
});
