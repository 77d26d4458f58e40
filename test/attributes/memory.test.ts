// What belongs to the address space of the program, and its keyring.
import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { SpawnAttributes } from 'forkless';
import { uidRun } from '../support/launchers.js';
import { alike, atEveryDoor } from '../support/outcomes.js';
import { askProbe } from '../support/probe.js';
import { statusField } from '../support/proc.js';
import { programUrl, runProgram } from '../support/program.js';
import { runWorker } from '../support/run-worker.js';
import { doors } from '../support/starts.js';

const SYS_RESOURCE = 24n;
const filterFile = '/proc/self/coredump_filter';
const scoreFile = '/proc/self/oom_score_adj';

const read = (file: string, options: SpawnAttributes) => atEveryDoor(['/bin/cat', file], options);
const said = (out: string) => alike({ out: `${out}\n`, code: 0, signal: null });

describe('oomScoreAdj', () => {
  const own = readFileSync(scoreFile, 'latin1').trim();

  it('is that of the parent, or what was asked for', async () => {
    expect(await read(scoreFile, {})).to.deep.equal(said(own));
    for (const oomScoreAdj of [1000, 999, Math.max(Number(own), 0) + 7])
      expect(await read(scoreFile, { oomScoreAdj })).to.deep.equal(said(`${oomScoreAdj}`));
    expect(readFileSync(scoreFile, 'latin1').trim()).to.equal(own);
  });

  it('is, below that of the parent, a matter of CAP_SYS_RESOURCE', async function () {
    if (Number(own) <= -999) return this.skip();
    const mayLower = (BigInt(`0x${statusField('CapEff')}`) >> SYS_RESOURCE) & 1n;
    for (const oomScoreAdj of [-1000, -999])
      expect(await read(scoreFile, { oomScoreAdj })).to.deep.equal(
        mayLower
          ? said(`${oomScoreAdj}`)
          : alike({ error: { code: 'EACCES', step: 'oom-score-adj', syscall: 'write' } }),
      );
  });
});

describe('coredumpFilter', () => {
  before(function () {
    if (!existsSync(filterFile)) this.skip(); // a kernel without core dumps
  });

  it('is that of the parent, or what was asked for, by names or as a mask', async () => {
    const own = readFileSync(filterFile, 'latin1').trim();
    expect(await read(filterFile, {})).to.deep.equal(said(own));
    const cases: readonly (readonly [SpawnAttributes['coredumpFilter'], string])[] = [
      [0, '00000000'],
      [[], '00000000'],
      [0x1ff, '000001ff'],
      [10, '0000000a'],
      [['private-anonymous', 'elf-headers'], '00000011'],
      [['shared-dax', 'shared-anonymous', 'shared-dax'], '00000102'],
    ];
    for (const [coredumpFilter, out] of cases)
      expect(await read(filterFile, { coredumpFilter })).to.deep.equal(said(out));
    expect(readFileSync(filterFile, 'latin1').trim()).to.equal(own);
  });
});

for (const [name, start] of doors)
  describe(`flags of the memory of a child of ${name}`, () => {
    it('are those of the parent, or transparentHugePages', async () => {
      const ask = async (transparentHugePages?: boolean) =>
        (await askProbe({ transparentHugePages }, start)).thpDisabled;
      expect([await ask(), await ask(false), await ask(true), await ask()]).to.deep.equal([0, 1, 0, 0]);
    });

    it('are those of the parent, or memoryMerge', async function () {
      const ask = async (memoryMerge?: boolean) => (await askProbe({ memoryMerge }, start)).memoryMerge;
      if ((await ask()) < 0) return this.skip(); // below Linux 6.4, or without KSM
      expect([await ask(), await ask(true), await ask(false), await ask()]).to.deep.equal([0, 1, 0, 0]);
    });

    it('are none with keyring, which gives each program a session keyring of its own', async function () {
      const ask = async (keyring?: 'private') => (await askProbe({ keyring }, start)).sessionKeyring;
      const own = await ask();
      if (own < 0) return this.skip(); // a filter of a container, or a kernel without keys
      const [first, second] = [await ask('private'), await ask('private')];
      expect(new Set([own, first, second]).size).to.equal(3);
      expect(await ask()).to.equal(own);
    });
  });

describe('attributes that need memory of their own', () => {
  const options: SpawnAttributes = {
    oomScoreAdj: 1000,
    coredumpFilter: existsSync(filterFile) ? 3 : undefined,
    transparentHugePages: false,
    capabilities: { ambient: [], inheritable: [] },
  };

  it('do the same from a Worker', async () => {
    const url = programUrl(import.meta.url, 'own-memory-worker');
    expect(await runWorker(url, options)).to.deep.equal([1, 1, '1000']);
  });

  it('are taken from an ordinary user too', async function () {
    if (process.getuid?.() !== 0) return this.skip(); // who is one
    const launcher = uidRun(4242, 4242);
    expect(await runProgram(import.meta.url, 'at-every-door', options, { launcher })).to.deep.equal(
      alike({ out: '', code: 0, signal: null }),
    );
    const lower = { oomScoreAdj: -1000 };
    expect(await runProgram(import.meta.url, 'at-every-door', lower, { launcher })).to.deep.equal(
      alike({ error: { code: 'EACCES', step: 'oom-score-adj', syscall: 'write' } }),
    );
  });

  it('leave every thread of the parent as it is, dumpable too, after 300 children', async function () {
    if (process.getuid?.() !== 0) return this.skip(); // nobody else may empty the bounding set
    const { before, after } = await runProgram<{ before: { dumpable: number }; after: object }>(
      import.meta.url,
      'parent-state',
      { options: { ...options, capabilities: { bounding: [], ambient: [], inheritable: [] } } },
    );
    expect(before.dumpable).to.equal(1);
    expect(after).to.deep.equal(before);
  });
});
