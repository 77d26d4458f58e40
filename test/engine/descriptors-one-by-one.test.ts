import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { limitRun, seccompRun, withoutProc } from '../support/launchers.js';
import type { RunOptions } from '../support/run-node.js';
import { runNodeForValue } from '../support/run-node.js';

/** Beyond, descriptors are not closed one by one. */
const MOST = 65_536;
const ROOM = MOST + 5000;

/** The probe's report through each door. Without /proc it needs help: it asks /proc for what is open. */
const prelude = `
  import { closeSync, openSync, readFileSync } from 'node:fs';
  import { execFileSync } from 'node:child_process';
  import { FileActions, openPipe, posixSpawn, posixSpawnSync, setCloexec } from 'forkless';
  import { spawn, spawnSync } from 'forkless/child_process';
  import { withProc } from '${new URL('../support/launchers.js', import.meta.url).href}';
  const zero = openSync('/dev/zero', 'r');
  // it may be one of them itself
  const inheritable = (...fds) => { for (const fd of fds) fd === zero ? setCloexec(fd, false) : meddle.dup2(zero, fd); };
  let reveal = withProc;
  const command = () => reveal(probePath, ...probeArgv('report').slice(1));
  const numbersIn = (text) => JSON.parse(text).fds.map(({ fd }) => fd);
  const numbersOf = async (start, options) => {
    const [readFd, writeFd] = openPipe();
    try {
      const [file, ...args] = command();
      const child = await start('/usr/bin/env', ['env', file, ...args], { ...options(writeFd) });
      closeSync(writeFd);
      const text = readFileSync(readFd, 'utf8');
      await child.exited;
      return numbersIn(text);
    } catch (error) {
      closeSync(writeFd);
      return [error.code, error.step, error.syscall];
    } finally { closeSync(readFd); }
  };
  const ofSpawnSync = () => {
    const [file, ...args] = command();
    const { error, stdout } = spawnSync(file, args, { encoding: 'utf8' });
    return error === undefined ? numbersIn(stdout) : [error.code, error.cause.step, error.cause.syscall];
  };
  const ofSpawn = async () => {
    const [file, ...args] = command();
    try {
      const child = spawn(file, args);
      let text = '';
      for await (const data of child.stdout.setEncoding('utf8')) text += data;
      return numbersIn(text);
    } catch (error) { return [error.code, error.cause.step, error.cause.syscall]; }
  };
  const named = (writeFd) => ({ cloexecDefault: true, fds: [null, writeFd, null] });
  const closing = (low) => (writeFd) => ({ fileActions: new FileActions().addDup2(writeFd, 1).addClosefrom(low) });
  const all = async () => ({
    posixSpawn: await numbersOf(posixSpawn, named),
    posixSpawnSync: await numbersOf(posixSpawnSync, named),
    spawn: await ofSpawn(),
    spawnSync: ofSpawnSync(),
    closefrom: await numbersOf(posixSpawn, closing(3)),
  });
`;

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
      const seen = await run(`inheritable(${scattered}); say(await all());`, {
        launcher: [...withoutProc(), ...seccompRun(`close_range=${error}`)],
      });
      expect(seen).to.deep.equal(standard);
    });

  it('also where nothing can be read from what stands on the numbers that are asked for', async () => {
    const seen = await run(
      `const [quiet] = openPipe(); for (let fd = 64; fd < 19_000; fd *= 2) meddle.dup2(quiet, fd); inheritable(19_000);
       say(await all());`,
      { launcher: [...withoutProc(), ...seccompRun('close_range=ENOSYS')] },
    );
    expect(seen).to.deep.equal(standard);
  });

  // The kernel makes tables of 64, 128, 256 numbers: the last of each.
  for (const last of [63, 127, 255])
    it(`the last number of a table is closed, ${last}`, async () => {
      const seen = await run(`inheritable(${last}); say(await all());`, {
        launcher: [...withoutProc(), ...seccompRun('close_range=ENOSYS')],
      });
      expect(seen).to.deep.equal(standard);
    });

  it('closefrom leaves what is below its number', async () => {
    const seen = await run(`inheritable(${scattered}); say(await numbersOf(posixSpawn, closing(65)));`, {
      launcher: [...withoutProc(), ...seccompRun('close_range=ENOSYS')],
    });
    expect(seen).to.deep.equal([0, 1, 2, 20, 21, 40, 63, 64]);
  });

  it('a filter that comes after the first starts makes no difference, nor does /proc that goes then', async () => {
    const seen = await run(
      `
      reveal = (...command) => command;
      const first = await all();
      inheritable(${scattered});
      execFileSync('mount', ['-t', 'tmpfs', 'none', '/proc']);
      reveal = withProc;
      const without = await all();
      meddle.installSeccomp('close_range=EPERM', false);
      say({ first, without, refused: await all() });
    `,
      { launcher: ['unshare', '--mount'] },
    );
    expect(seen).to.deep.equal({ first: standard, without: standard, refused: standard });
  });

  // A folder that looks like the one of /proc but lists nothing would let all descriptors through.
  it('another folder in the place of /proc/self/fd is not believed', async () => {
    const seen = await run(
      `
      inheritable(${scattered});
      execFileSync('mkdir', ['-p', '/proc/self/fd/40']);
      say(await all());
    `,
      { launcher: [...withoutProc(), ...seccompRun('close_range=ENOSYS')] },
    );
    expect(seen).to.deep.equal(standard);
  });

  it('what stands above a limit that was lowered is closed too', async () => {
    const seen = await run(`inheritable(${scattered}); meddle.setSoftNofile(64); say(await all());`, {
      launcher: [...withoutProc(), ...seccompRun('close_range=ENOSYS')],
    });
    expect(seen).to.deep.equal(standard);
  });

  it('a system that cannot tell how many there are says ENOSYS', async () => {
    const seen = await run(`inheritable(20); say(await all());`, {
      launcher: [...withoutProc(), ...seccompRun('close_range=ENOSYS', 'pselect6=EPERM')],
    });
    expect(seen).to.deep.equal(refusal);
  });

  for (const error of ['ENOSYS', 'EPERM'])
    it(`the same where /proc is there, but no directory can be read (${error})`, async () => {
      const seen = await run(`
        inheritable(${scattered});
        meddle.installSeccomp('close_range=ENOSYS getdents64=${error}', false);
        const script = 'for fd in ${scattered.join(' ')}; do [ -e /proc/self/fd/$fd ] && echo $fd; done; echo end';
        say(spawnSync(script, { shell: true, encoding: 'utf8' }).stdout);
      `);
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
    const seen = await run(`inheritable(30000, ${MOST - 1}); say(await all());`, {
      launcher: [...limitRun(ROOM), ...withoutProc(), ...seccompRun('close_range=ENOSYS')],
    });
    expect(seen).to.deep.equal(standard);
  });

  for (const high of [MOST, MOST + 1, MOST + 4000])
    it(`with ${high} open the start fails, rather than let it through; without it the next one does not`, async () => {
      const seen = await run(
        `inheritable(20, ${high}); const first = await all();
         meddle.setSoftNofile(1024); const limited = await all();
         closeSync(${high}); say({ first, limited, after: await all() });`,
        { launcher: [...limitRun(ROOM), ...withoutProc(), ...seccompRun('close_range=ENOSYS')] },
      );
      expect(seen).to.deep.equal({ first: refusal, limited: refusal, after: standard });
    });
});

function run<T = unknown>(script: string, options: RunOptions = {}): Promise<T> {
  return runNodeForValue<T>(prelude + script, options);
}
