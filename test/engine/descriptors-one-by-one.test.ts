import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { limitRun, seccompRun, withoutProc } from '../support/launchers.js';
import type { ProgramOptions } from '../support/program.js';
import { runProgram } from '../support/program.js';

/** Beyond, descriptors are not closed one by one. */
const MOST = 65_536;
const ROOM = MOST + 5000;

const standard = {
  posixSpawn: [1],
  posixSpawnSync: [1],
  spawn: [0, 1, 2],
  spawnSync: [0, 1, 2],
  closefrom: [0, 1, 2],
};

const refusal = {
  posixSpawn: ['ENOSYS', 'sweep', 'close_range'],
  posixSpawnSync: ['ENOSYS', 'sweep', 'close_range'],
  spawn: ['ENOSYS', 'sweep', 'close_range'],
  spawnSync: ['ENOSYS', 'sweep', 'close_range'],
  closefrom: ['ENOSYS', 'closefrom', 'close_range'],
};

// In holes, around the ends of the tables that the kernel makes (64, 256, 512, …), and high.
const scattered = [20, 21, 40, 63, 64, 65, 127, 128, 255, 256, 257, 511, 512, 1023, 1024, 4095, 4096, 19_000];

describe('where neither close_range nor /proc tells what is open', function () {
  this.timeout(60_000);

  before(function () {
    if (process.getuid?.() !== 0) this.skip();
  });

  for (const error of ['ENOSYS', 'EPERM'])
    it(`(${error}) all that was not named is closed, wherever it stands`, async () => {
      const seen = await run(
        'all',
        { fds: scattered },
        {
          launcher: [...withoutProc(), ...seccompRun(`close_range=${error}`)],
        },
      );
      expect(seen).to.deep.equal(standard);
    });

  it('all that was not named is closed, also where nothing can be read from the numbers that are asked for', async () => {
    const seen = await run(
      'overQuietPipes',
      { fds: [19_000] },
      { launcher: [...withoutProc(), ...seccompRun('close_range=ENOSYS')] },
    );
    expect(seen).to.deep.equal(standard);
  });

  // The kernel makes tables of 64, 128, 256 numbers: the last of each.
  for (const last of [63, 127, 255])
    it(`the last number of a table of the kernel is closed: ${last}`, async () => {
      const seen = await run(
        'all',
        { fds: [last] },
        {
          launcher: [...withoutProc(), ...seccompRun('close_range=ENOSYS')],
        },
      );
      expect(seen).to.deep.equal(standard);
    });

  it('closefrom leaves what is below its number', async () => {
    const seen = await run(
      'closefrom65',
      { fds: scattered },
      {
        launcher: [...withoutProc(), ...seccompRun('close_range=ENOSYS')],
      },
    );
    expect(seen).to.deep.equal([0, 1, 2, 20, 21, 40, 63, 64]);
  });

  it('all that was not named is closed, though a filter comes and /proc goes after the first starts', async () => {
    const seen = await run(
      'procGoesLater',
      { fds: scattered, rules: 'close_range=EPERM' },
      { launcher: ['unshare', '--mount'] },
    );
    expect(seen).to.deep.equal({ first: standard, without: standard, refused: standard });
  });

  // A folder that looks like the one of /proc but lists nothing would let all descriptors through.
  it('all that was not named is closed, though another folder stands in the place of /proc/self/fd', async () => {
    const seen = await run(
      'otherFolder',
      { fds: scattered },
      { launcher: [...withoutProc(), ...seccompRun('close_range=ENOSYS')] },
    );
    expect(seen).to.deep.equal(standard);
  });

  it('all that was not named is closed, also above a limit that was lowered', async () => {
    const seen = await run(
      'loweredLimit',
      { fds: scattered },
      {
        launcher: [...withoutProc(), ...seccompRun('close_range=ENOSYS')],
      },
    );
    expect(seen).to.deep.equal(standard);
  });

  it('a start is ENOSYS where the system cannot tell how many there are', async () => {
    const seen = await run(
      'all',
      { fds: [20] },
      {
        launcher: [...withoutProc(), ...seccompRun('close_range=ENOSYS', 'pselect6=EPERM')],
      },
    );
    expect(seen).to.deep.equal(refusal);
  });

  for (const error of ['ENOSYS', 'EPERM'])
    it(`all that was not named is closed where /proc is there, but no directory can be read (${error})`, async () => {
      const seen = await run('noDirectoryReadable', {
        fds: scattered,
        rules: `close_range=ENOSYS getdents64=${error}`,
      });
      expect(seen).to.equal('end\n');
    });
});

describe(`where they do not, and there may be more than ${MOST} descriptors`, function () {
  this.timeout(60_000);

  before(function () {
    if (process.getuid?.() !== 0) this.skip();
    const [file = '', ...args] = [...limitRun(ROOM), 'true'];
    if (spawnSync(file, args).status === 0) return;
    console.error('      SKIPPED: fs.nr_open is too low');
    this.skip();
  });

  it(`the last number that is closed is ${MOST - 1}`, async () => {
    const seen = await run(
      'all',
      { fds: [30_000, MOST - 1] },
      {
        launcher: [...limitRun(ROOM), ...withoutProc(), ...seccompRun('close_range=ENOSYS')],
      },
    );
    expect(seen).to.deep.equal(standard);
  });

  for (const high of [MOST, MOST + 1, MOST + 4000])
    it(`with ${high} open the start fails, rather than let it through; without it the next one does not`, async () => {
      const seen = await run(
        'tooMany',
        { fds: [20, high] },
        { launcher: [...limitRun(ROOM), ...withoutProc(), ...seccompRun('close_range=ENOSYS')] },
      );
      expect(seen).to.deep.equal({ first: refusal, limited: refusal, after: standard });
    });
});

function run(scenario: string, parameters: object, options: ProgramOptions = {}): Promise<unknown> {
  return runProgram(import.meta.url, 'descriptors-one-by-one', { scenario, ...parameters }, options);
}
