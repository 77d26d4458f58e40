import { constants } from 'node:os';
import { expect } from 'chai';
import { seccompRun } from '../support/launchers.js';
import type { ProgramOptions } from '../support/program.js';
import { runProgram } from '../support/program.js';
import { runNodeForValue } from '../support/run-node.js';
import { needLinux, SLOTS } from './flat-crowd.js';

const { ENOMEM, ENOSYS, EPERM } = constants.errno;

const always = { FORKLESS_FLAT: 'always' };

describe('a start', () => {
  before(function () {
    needLinux(this, 6, 2);
  });

  it('is flat where many descriptors are open: they are counted every now and then', async () => {
    const counts = await run('fewAndMany');
    expect(counts).to.deep.equal({ few: 0, firstOfMany: 1, many: 40, fewAgain: 0 });
  });

  it('is flat within 16 starts where many are open and low numbers are free', async () => {
    const counts = await run('manyWithLowNumbersFree');
    expect(counts).to.have.length(2);
    expect((counts as number[])[0]).to.be.within(1, 16);
    expect((counts as number[])[1]).to.equal(40);
  });

  it('is flat though other code has closed the reserve: low numbers are taken again in time', async () => {
    const result = await run('closedReserve');
    expect(result).to.deep.equal({ low: true, reserve: SLOTS, flat: 40 });
  });

  it('is counted once as a flat one, by every door', async () => {
    const counts = await run('everyDoor');
    expect(counts).to.deep.equal({
      posixSpawnSync: [20, 20],
      posixSpawn: [20, 20],
      'a missing program': [20, 20],
      spawn: [20, 20],
      spawnSync: [20, 20],
    });
  });

  const plain: [title: string, options: object, env?: Record<string, string>][] = [
    ['where more than named descriptors survive', { cloexecDefault: false }],
    ['where ids are reset, for which the child never shares memory', { resetIds: true }],
    ['on rung 2', {}, { FORKLESS_RUNG: '2' }],
    ['on rung 3', {}, { FORKLESS_RUNG: '3' }],
    ['on rung 4', {}, { FORKLESS_RUNG: '4' }],
    ['where FORKLESS_FLAT forbids flat starts', {}, { FORKLESS_FLAT: 'never' }],
    [
      'where more than named descriptors survive, though flat starts are asked for',
      { cloexecDefault: false },
      always,
    ],
    ['on rung 2, though flat starts are asked for', {}, { FORKLESS_RUNG: '2', ...always }],
    ['on rung 3, though flat starts are asked for', {}, { FORKLESS_RUNG: '3', ...always }],
    ['on rung 4, though flat starts are asked for', {}, { FORKLESS_RUNG: '4', ...always }],
  ];
  for (const [title, options, env = {}] of plain)
    it(`is plain ${title}`, async () => {
      expect(await run('withOptions', { options }, { env })).to.deep.equal({ flat: 0, code: [0] });
    });

  it('is plain where it has more sources than the reserve has room for', async () => {
    const result = await run('manySources', {}, { env: always });
    expect(result).to.deep.equal({ counts: [1, 0], wrong: [] });
  });

  it('that is flat needs three free numbers, as a plain one does: with fewer it fails', async () => {
    const outcomes = await run('fewFree', {}, { env: always });
    const full = { flat: 0, code: 'EMFILE', left: 0, reserve: SLOTS };
    const good = { flat: 1, code: 'ok', left: 0, reserve: SLOTS };
    const ofEachDoor = [
      { free: 0, ...full, step: 'pipe' },
      { free: 1, ...full, step: 'pipe' },
      { free: 2, ...full, step: 'clone' },
      ...[3, 4, 5, 6].map((free) => ({ free, ...good })),
    ];
    // what withFewFree starts itself is plain
    expect(outcomes).to.deep.equal([...ofEachDoor, ...ofEachDoor]);
  });

  it('is refused where FORKLESS_FLAT has a value that is not known', async () => {
    const reason = await runNodeForValue<string>(
      `import { features } from 'forkless'; say(features().reason);`,
      { env: { FORKLESS_FLAT: 'often' } },
    );
    expect(reason).to.include('FORKLESS_FLAT').and.to.include('must be "always" or "never"');
  });
});

describe('a system where the table cannot be left', () => {
  before(function () {
    needLinux(this, 6, 2);
  });

  for (const error of ['ENOSYS', 'EPERM'])
    it(`from the beginning, by ${error}: takes no reserve, and is not asked again`, async () => {
      const launcher = seccompRun(`close_range=${error}`);
      const seen = await runRefused('fromTheBeginning', {}, { launcher });
      expect(seen).to.deep.equal({ reserve: [], flat: 0, codes: [0, 0] });
    });

  for (const error of ['ENOSYS', 'EPERM'])
    it(`by close_range, which gives ${error} from the first try on: nobody sees an error`, async () => {
      const seen = await runRefused('fromTheFirstTry', { rules: `close_range=${error}` });
      expect(seen).to.deep.equal({ codes: Array(20).fill(0), children: 0 });
    });

  for (const error of ['ENOSYS', 'EPERM'])
    it(`by close_range and by unshare, which both give ${error} from the first try on: one start may tell it, and nothing is left`, async () => {
      const rules = `close_range=${error} unshare=${error}`;
      // It is waited for, but no longer than a millisecond: a child that has not run by then tells it itself.
      const { first, ...rest } = await runRefused<Refused>('fromTheFirstTryByAllWays', { rules });
      expect(first).to.be.oneOf([0, `${error} at table`]);
      expect(rest).to.deep.equal({ later: Array(19).fill(0), children: 0, left: 0 });
    });

  it('is closed at the numbers of the reserve to the start that follows a refused one', async () => {
    const seen = await runRefused('fromAReservedNumber', { rules: 'close_range=ENOSYS unshare=ENOSYS' });
    expect(seen).to.be.oneOf(['EBADF at dup2', 'ENOSYS at table']);
  });

  for (const [name, errno] of Object.entries({ ENOSYS, EPERM }))
    it(`any more, by ${name}: one start may tell it, and it is not asked again`, async () => {
      const { first, reserve, ...rest } = await runRefused<Refused>('later', { errno });
      expect(first).to.be.oneOf([0, `${name} at table`]);
      expect(rest).to.deep.equal({ before: 20, flat: 0, later: Array(20).fill(0), children: 0 });
      expect(reserve).to.be.oneOf([0, SLOTS]);
    });

  for (const error of ['ENOSYS', 'EPERM', 'ENOMEM'])
    it(`by close_range any more, which gives ${error}: ${error === 'ENOMEM' ? 'that is told' : 'each start is right, by unshare'}`, async () => {
      const { before, seen } = await runRefused<{ before: number; seen: string[] }>('laterByCloseRange', {
        rules: `close_range=${error}`,
      });
      expect(before).to.equal(20);
      const right = '0 /dev/zero,2 /dev/zero';
      // ENOMEM is no refusal: the sweep itself meets it.
      if (error === 'ENOMEM')
        expect(seen)
          .to.have.length(1)
          .and.to.satisfy(([one]: string[]) => /^ENOMEM at (table|sweep)$/.test(one ?? ''));
      else expect(seen).to.deep.equal([right]);
    });

  it('for want of memory: the start fails, and the next one is flat again', async () => {
    expect(await runRefused('noMemory', { errno: ENOMEM })).to.deep.equal({
      before: 20,
      first: ['ENOMEM at table', 'ENOMEM at table'],
      later: { code: 'ENOMEM', errno: -ENOMEM, step: 'table' },
      flat: 20,
      reserve: SLOTS,
    });
  });
});

interface Refused {
  before: number;
  first: number | string;
  flat: number;
  later: unknown[];
  reserve: number;
  children: number;
}

function run<T = unknown>(
  scenario: string,
  parameters: object = {},
  options: ProgramOptions = {},
): Promise<T> {
  return runProgram<T>(import.meta.url, 'flat-rule', { scenario, ...parameters }, options);
}

function runRefused<T = unknown>(
  scenario: string,
  parameters: object = {},
  options: ProgramOptions = {},
): Promise<T> {
  return runProgram<T>(
    import.meta.url,
    'flat-refused',
    { scenario, ...parameters },
    { env: always, ...options },
  );
}
