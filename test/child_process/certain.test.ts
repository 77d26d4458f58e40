// Which starts return before exec, and what becomes of one whose exec fails all the same. test/native/driver has what
// the engine knows of a program.
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, statSync, symlinkSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { SpawnError } from 'forkless';
import { binding } from '#lib/binding.js';
import { at } from '../support/paths.js';
import { hasEnded, isGone } from '../support/proc.js';
import { runProgram } from '../support/program.js';
import { makeFile } from '../support/starts.js';
import { makeFifo, tempPath } from '../support/temp.js';
import { closed, recordEvents } from './event-log.js';
import { ours } from './oracle.js';

const ALWAYS = 1;
const IF_KNOWN = 0;
const SETTLED_AFTER_MS = 61_000;
const quiet = { stdio: 'ignore' } as const;

/** How many starts of `run` were as good as certain. */
async function certainStarts(run: () => Promise<unknown> | unknown): Promise<number> {
  const before = binding().certainCount();
  await run();
  return binding().certainCount() - before;
}

function runs(file: string, args: readonly string[] = [], options: object = quiet): () => Promise<unknown> {
  return () => {
    const child = ours.spawn(file, args, options);
    child.stdin?.end();
    return closed(child);
  };
}

/** Whether the second start of the same is certain. */
async function isCertain(file: string, args?: readonly string[], options?: object): Promise<boolean> {
  await runs(file, args, options)();
  return (await certainStarts(runs(file, args, options))) === 1;
}

/** Leaves the processor to others for a moment, without a turn of the event loop. */
function spin(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
}

async function throwsAtOnce(start: () => unknown): Promise<string | undefined> {
  try {
    start();
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

describe('a start is as good as certain', function () {
  this.timeout(SETTLED_AFTER_MS + 30_000);

  before(async function () {
    if (binding().rung() > 2) this.skip();
    // A fresh container: its files have just been written.
    for (const file of ['/bin/true', '/bin/sh', process.execPath])
      while (Date.now() - statSync(file).ctimeMs < SETTLED_AFTER_MS) await delay(1000);
  });

  it('when the program was exec’ed before, and not the first time', async () => {
    const folder = tempPath('bin');
    symlinkSync('/bin', folder);
    expect(await certainStarts(runs(`${folder}/true`))).to.equal(0);
    expect(await certainStarts(runs(`${folder}/true`))).to.equal(1);
    expect(await certainStarts(runs(`${folder}/false`))).to.equal(0);
    expect(await certainStarts(runs(`${folder}/false`))).to.equal(1);
  });

  it('with pipes, with other descriptors, and with other arguments, of all that spawn', async () => {
    await runs('true')();
    expect(await certainStarts(runs('true', ['argument'], {}))).to.equal(1);
    expect(await certainStarts(runs('true', [], { stdio: 'inherit' }))).to.equal(1);
    expect(await certainStarts(runs('true', [], { stdio: ['pipe', 1, 'ignore', 'pipe'] }))).to.equal(1);
    await runs('/bin/sh', ['-c', ':'])();
    expect(await certainStarts(() => closed(ours.exec(':')))).to.equal(1);
    expect(await certainStarts(() => closed(ours.execFile('true')))).to.equal(1);
    await closed(ours.fork('/dev/null'));
    expect(await certainStarts(() => closed(ours.fork('/dev/null')))).to.equal(1);
  });

  it('not for a file that was written, or a link that was made, a moment ago', async () => {
    expect(await isCertain(makeFile('#!/bin/sh\n'))).to.equal(false);
    const link = tempPath('link');
    symlinkSync('/bin/true', link);
    expect(await isCertain(link)).to.equal(false);
  });

  it('not for the same name in another PATH', async () => {
    const env = { PATH: '/no/such:/usr/bin:/bin' };
    await runs('true')();
    expect(await certainStarts(runs('true', [], { ...quiet, env }))).to.equal(0);
    expect(await certainStarts(runs('true', [], { ...quiet, env }))).to.equal(1);
    expect(await certainStarts(runs('true'))).to.equal(1);
  });

  it('not where a relative directory of PATH comes first', async () => {
    expect(await isCertain('true', [], { ...quiet, env: { PATH: 'relative:/bin' } })).to.equal(false);
    expect(await isCertain('true', [], { ...quiet, env: { PATH: '/bin:relative' } })).to.equal(true);
  });

  it('with a directory that is there', async () => {
    await runs('true')();
    expect(await certainStarts(runs('true', [], { ...quiet, cwd: '/tmp' }))).to.equal(1);
    const events: string[] = [];
    const child = ours.spawn('true', { ...quiet, cwd: '/no/such' });
    expect(child.pid).to.equal(undefined);
    child.on('spawn', () => events.push('spawn')).on('error', ({ message }) => events.push(message));
    await closed(child);
    expect(events).to.deep.equal(['spawn true ENOENT']);
  });

  for (const cwd of ['/proc/self', '/dev/fd'])
    it(`with ${cwd} as its directory, which is that of the child itself`, async () => {
      const told: string[] = [];
      for (let start = 0; start < 2; start++) {
        const child = ours.spawn('/bin/sh', ['-c', 'pwd -P'], { cwd });
        const { stdout } = await recordEvents(child);
        told.push(stdout.replace(`/proc/${child.pid}`, 'its own'));
      }
      expect(told).to.deep.equal(Array(2).fill(cwd === '/dev/fd' ? 'its own/fd\n' : 'its own\n'));
    });

  it('and leaves no descriptor of the directory behind, in a shared table too', async () => {
    const env = { FORKLESS_FLAT: 'always' };
    const [certain, left, slots] = await runProgram<number[]>(import.meta.url, 'certain-directory', null, {
      env,
    });
    expect([certain, left]).to.deep.equal([40, 0]);
    expect(slots).to.equal(0);
  });

  it('only with descriptors that are open', async () => {
    const file = openSync('/dev/null', 'r');
    expect(await isCertain('true', [], { stdio: [file, 'ignore', 'ignore'] })).to.equal(true);
    closeSync(file);
    const before = binding().certainCount();
    expect(await throwsAtOnce(() => ours.spawn('true', { stdio: [file, 'ignore', 'ignore'] }))).to.equal(
      'EBADF',
    );
    expect(binding().certainCount()).to.equal(before);
  });

  it('only with arguments that the kernel never refuses', async () => {
    const options = { ...quiet, env: { PATH: '/bin' } };
    expect(await isCertain('true', ['x'.repeat(30_000)], options)).to.equal(true);
    expect(await isCertain('true', ['x'.repeat(33_000)], options)).to.equal(false);
  });

  for (const [what, options] of [
    ['detached', { detached: true }],
    ['uid', { uid: process.getuid?.() }],
    ['gid', { gid: process.getgid?.() }],
    ['an option of ours', { umask: 0o22 }],
    ['inheritFds', { inheritFds: [] }],
    ['waitForExec', { waitForExec: true }],
  ] as const)
    it(`not with ${what}`, async () => {
      expect(await isCertain('true', [], { ...quiet, ...options })).to.equal(false);
    });

  it('with waitForExec: false, which says nothing', async () => {
    expect(await isCertain('true', [], { ...quiet, waitForExec: false })).to.equal(true);
  });

  it('not before Linux 5.16, where a signal that dumps core could reach the parent too', async () => {
    // The personality shows the kernel as 2.6. The library, which needs 5.4, asks Node, and gets an answer of its own.
    const old = {
      launcher: ['setarch', '--uname-2.6'],
      nodeArgs: ['--require', at('test/elsewhere/disguise.cjs')],
      env: { DISGUISE: JSON.stringify({ release: '5.15.0' }) },
    };
    const program = [import.meta.url, 'certain-counts', null] as const;
    expect(await runProgram(...program)).to.deep.equal([0, 1, 1]);
    expect(await runProgram(...program, old)).to.deep.equal([0, 0, 0]);
  });

  it('not in a synchronous function', async () => {
    await runs('true')();
    expect(await certainStarts(() => ours.module.spawnSync('true'))).to.equal(0);
  });

  for (const [title, env, expected] of [
    ['unless told otherwise', {}, [0, 1, 1]],
    ['on rung 2', { FORKLESS_RUNG: '2' }, [0, 1, 1]],
    ['not on rung 3', { FORKLESS_RUNG: '3' }, [0, 0, 0]],
    ['not on rung 4', { FORKLESS_RUNG: '4' }, [0, 0, 0]],
    ['not with FORKLESS_WAIT=1', { FORKLESS_WAIT: '1' }, [0, 0, 0]],
    ['with FORKLESS_WAIT=0', { FORKLESS_WAIT: '0' }, [0, 1, 1]],
    ['from the first on with FORKLESS_CERTAIN=always', { FORKLESS_CERTAIN: 'always' }, [1, 1, 1]],
    ['not with both', { FORKLESS_CERTAIN: 'always', FORKLESS_WAIT: '1' }, [0, 0, 0]],
    ['in a crowded table, which is shared', { FORKLESS_FLAT: 'always' }, [0, 1, 1]],
  ] as const)
    it(title, async () => {
      expect(await runProgram(import.meta.url, 'certain-counts', null, { env })).to.deep.equal(expected);
    });

  it('not beside very many starts that hang before exec: each holds memory and descriptors', async () => {
    const parameters = { fifo: makeFifo(), count: 1024 };
    expect(await runProgram(import.meta.url, 'certain-crowd', parameters)).to.deep.equal([1, 0, 1]);
  });

  it('and keeps no environment while the child runs', async () => {
    const nodeArgs = ['--expose-gc'];
    expect(await runProgram<number>(import.meta.url, 'memory-of-running', null, { nodeArgs })).to.be.lessThan(
      20_000,
    );
  });

  it('not when the groups of the process have changed', async function () {
    if (process.geteuid?.() !== 0) this.skip();
    const env = { CHANGES: 'groups' };
    expect(await runProgram(import.meta.url, 'certain-counts', null, { env })).to.deep.equal([0, 1, 0]);
  });
});

describe('a start that fails after spawn has returned', () => {
  before(function () {
    if (binding().rung() > 2) this.skip();
    binding().forceCertain(ALWAYS);
  });
  after(() => binding().forceCertain(IF_KNOWN));

  const withoutInterpreter = (): string => makeFile('#!/no/such/interpreter\n');

  for (const [what, options] of [
    ['without pipes', quiet],
    ['with pipes', {}],
    ['with a channel', { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] }],
  ] as const)
    it(`emits 'spawn', 'error' and 'close', ${what}`, async () => {
      const file = withoutInterpreter();
      const child = ours.spawn(file, ['argument'], options) as ReturnType<typeof ours.spawn> & {
        pidfd: number;
      };
      expect(child.pid).to.be.a('number');
      let error: (NodeJS.ErrnoException & { cause?: unknown; spawnargs?: string[] }) | undefined;
      let atError: unknown;
      child.on('error', (given) => {
        error = given;
        atError = [child.pid, child.pidfd, child.kill(), child.exitCode, child.signalCode];
      });
      const { events } = await recordEvents(child);
      expect(events.map(({ event }) => event).filter((event) => event !== 'disconnect')).to.deep.equal([
        'spawn',
        'error',
        'close',
      ]);
      expect(atError).to.deep.equal([undefined, -1, false, -2, null]);
      expect(error).to.include({ message: `spawn ${file} ENOENT`, code: 'ENOENT', errno: -2, path: file });
      expect(error?.spawnargs).to.deep.equal(['argument']);
      expect(error?.cause).to.be.an.instanceOf(SpawnError);
      expect(error?.cause).to.include({ step: 'execve', path: file });
      expect(events.at(-1)?.args).to.deep.equal([-2, null]);
      expect(child.connected).to.equal(false);
    });

  it('does so for an errno that is thrown otherwise', async () => {
    const file = makeFile('#!/bin/sh\n');
    const writer = openSync(file, 'r+');
    const { events } = await recordEvents(ours.spawn(file, quiet));
    closeSync(writer);
    expect(events.map(({ event }) => event)).to.deep.equal(['spawn', 'error', 'close']);
    expect(events[1]?.args[0]).to.include({ code: 'ETXTBSY' });
  });

  it('fails as before with waitForExec', () => {
    const file = makeFile('#!/bin/sh\n');
    const writer = openSync(file, 'r+');
    try {
      expect(() => ours.spawn(file, { ...quiet, waitForExec: true })).to.throw('ETXTBSY');
    } finally {
      closeSync(writer);
    }
  });

  it('gives its error to the callback of execFile', async () => {
    const file = withoutInterpreter();
    const error = await new Promise<unknown>((resolve) => ours.execFile(file, resolve));
    expect(error).to.include({ code: 'ENOENT', path: file, cmd: file });
  });

  it('ends its timeout', async () => {
    const child = ours.spawn(withoutInterpreter(), { ...quiet, timeout: 2 ** 31 - 1 });
    child.on('error', () => {});
    await closed(child);
    expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length).to.be.lessThan(2);
  });

  it('keeps its pid until the error is told', async () => {
    const child = ours.spawn(withoutInterpreter(), quiet);
    const pid = child.pid as number;
    let told = false;
    child.on('error', () => {
      told = true;
    });
    // Without a turn of the event loop: the engine knows of the end in a moment.
    while (!hasEnded(pid)) spin();
    for (let look = 0; look < 100; look++) {
      expect(isGone(pid), 'another process may get its pid').to.equal(false);
      spin();
    }
    await closed(child);
    expect([told, isGone(pid)]).to.deep.equal([true, true]);
  });

  it('leaves no zombie and no entry in /proc', async () => {
    const child = ours.spawn(withoutInterpreter(), quiet);
    const { pid } = child;
    child.on('error', () => {});
    await closed(child);
    expect(existsSync(`/proc/${pid}`)).to.equal(false);
  });
});

describe('FORKLESS_WAIT and FORKLESS_CERTAIN', () => {
  for (const [name, value] of [
    ['FORKLESS_WAIT', 'yes'],
    ['FORKLESS_CERTAIN', '1'],
  ] as const)
    it(`${name}=${value} is refused`, () => {
      const script = `const { engineState } = await import('#lib/engine/availability.js');
        try { engineState(); } catch ({ code }) { console.log(code); }`;
      const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
        env: { ...process.env, [name]: value },
        encoding: 'utf8',
      });
      expect(stdout).to.equal('ERR_INVALID_ARG_VALUE\n');
    });
});
