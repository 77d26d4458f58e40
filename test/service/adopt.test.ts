import { closeSync, openSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { openSocketPair, posixSpawn } from 'forkless';
import { posixOptions } from 'forkless/service';
import { FileActions as OwnActions, prefixed } from '#lib/file-actions.js';
import * as lib from '#lib/index.js';
import { outputOf } from '../support/probe.js';
import { programPath, runProgram } from '../support/program.js';
import { makeFile } from '../support/starts.js';
import { tempPath } from '../support/temp.js';

interface Adopted {
  readonly adopted?: readonly { readonly fd: number; readonly name: string }[];
  readonly cloexec?: readonly boolean[];
  readonly left: readonly string[];
  readonly again?: readonly unknown[];
  readonly code?: string;
  readonly message?: string;
}

/** What a program adopts that finds these variables; PID stands for its own pid. */
function adopt(env: Record<string, string>, fds = 0): Promise<Adopted> {
  return runProgram<Adopted>(import.meta.url, 'adopts', { env, fds });
}

describe('adoptFds()', () => {
  it('returns what the program got by listenFds, sets close-on-exec and deletes the variables', async () => {
    const [one, other] = openSocketPair();
    const logFile = tempPath('said');
    const options = posixOptions({ listenFds: [{ fd: one, name: 'http' }, other], logFile });
    const script = programPath(import.meta.url, 'adopts');
    const { exited } = await posixSpawn(process.execPath, ['node', script, '{}'], options);
    expect((await exited).code, readFileSync(logFile, 'utf8')).to.equal(0);
    expect(JSON.parse(readFileSync(logFile, 'utf8'))).to.deep.equal({
      adopted: [
        { fd: 3, name: 'http' },
        { fd: 4, name: 'unknown' },
      ],
      cloexec: [true, true],
      left: [],
      again: [],
    });
    for (const fd of [one, other]) closeSync(fd);
  });

  it('returns none without the variables', async () => {
    expect(await adopt({})).to.deep.equal({ adopted: [], cloexec: [], left: [], again: [] });
  });

  for (const [title, env] of [
    ['that are meant for another process', { LISTEN_PID: '1', LISTEN_FDS: '1', LISTEN_FDNAMES: 'x' }],
    ['that are incomplete', { LISTEN_PID: 'PID' }],
    ['without a pid', { LISTEN_FDS: '1' }],
    ['that are wrong, but meant for another process', { LISTEN_PID: '1', LISTEN_FDS: 'many' }],
  ] as const)
    it(`returns none for variables ${title}, and deletes them`, async () => {
      expect(await adopt(env)).to.deep.equal({ adopted: [], cloexec: [], left: [], again: [] });
    });

  it('calls them unknown where they have no names', async () => {
    const { adopted } = await adopt({ LISTEN_PID: 'PID', LISTEN_FDS: '2' }, 2);
    expect(adopted).to.deep.equal([
      { fd: 3, name: 'unknown' },
      { fd: 4, name: 'unknown' },
    ]);
  });

  for (const [env, variable] of [
    [{ LISTEN_PID: '', LISTEN_FDS: '1' }, 'LISTEN_PID'],
    [{ LISTEN_PID: '0', LISTEN_FDS: '1' }, 'LISTEN_PID'],
    [{ LISTEN_PID: '-5', LISTEN_FDS: '1' }, 'LISTEN_PID'],
    [{ LISTEN_PID: '%%%%%%%%%%', LISTEN_FDS: '1' }, 'LISTEN_PID'],
    [{ LISTEN_PID: '2147483648', LISTEN_FDS: '1' }, 'LISTEN_PID'],
    [{ LISTEN_PID: 'PID', LISTEN_FDS: '0' }, 'LISTEN_FDS'],
    [{ LISTEN_PID: 'PID', LISTEN_FDS: '-1' }, 'LISTEN_FDS'],
    [{ LISTEN_PID: 'PID', LISTEN_FDS: '1x' }, 'LISTEN_FDS'],
    [{ LISTEN_PID: 'PID', LISTEN_FDS: '2147483645' }, 'LISTEN_FDS'],
    [{ LISTEN_PID: 'PID', LISTEN_FDS: '1', LISTEN_FDNAMES: 'a:b' }, 'LISTEN_FDNAMES'],
    [{ LISTEN_PID: 'PID', LISTEN_FDS: '2', LISTEN_FDNAMES: 'a' }, 'LISTEN_FDNAMES'],
  ] as const)
    it(`throws, as sd_listen_fds fails, for ${JSON.stringify(env)}`, async () => {
      const { code, message, left } = await adopt(env, 2);
      expect({ code, left }).to.deep.equal({ code: 'ERR_INVALID_ARG_VALUE', left: [] });
      expect(message).to.include(`process.env.${variable}`);
    });

  it('throws where a descriptor is not open', async () => {
    const { code, left } = await adopt({ LISTEN_PID: 'PID', LISTEN_FDS: '500' }, 1);
    expect({ code, left }).to.deep.equal({ code: 'EBADF', left: [] });
  });

  it('understands another implementation of the protocol', async function () {
    const script = makeFile(
      'import os, sys\nos.environ["LISTEN_PID"] = str(os.getpid())\nos.environ["LISTEN_FDS"] = "1"\nos.environ["LISTEN_FDNAMES"] = "py"\nos.set_inheritable(3, True)\nos.execv(sys.argv[1], sys.argv[1:])\n',
    );
    const logFile = tempPath('said');
    const fd = openSync('/dev/null', 'r');
    const program = programPath(import.meta.url, 'adopts');
    try {
      const { exited } = await lib.posixSpawnp(
        'python3',
        ['python3', script, process.execPath, program, '{}'],
        {
          fds: [0, 1, 2, fd],
          fileActions: new OwnActions().addOpen(1, logFile, 'a'),
        },
      );
      expect((await exited).code).to.equal(0);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return this.skip();
      throw error;
    } finally {
      closeSync(fd);
    }
    expect(JSON.parse(readFileSync(logFile, 'utf8'))).to.deep.include({
      adopted: [{ fd: 3, name: 'py' }],
      left: [],
    });
  });
});

describe('the step listen-pid', () => {
  const actions = () => prefixed([{ op: 'listen-pid' }], new OwnActions());
  const start = (env: readonly string[]) =>
    lib.posixSpawn('/usr/bin/env', ['env'], { env, fileActions: actions() });

  it('writes nothing but the pid, over the one text that is meant for it', async () => {
    const [readFd, writeFd] = lib.openPipe();
    const almost = [
      'LISTEN_PID=',
      'LISTEN_PID=%%%%%%%%%',
      'LISTEN_PID=%%%%%%%%%%%',
      'XLISTEN_PID=%%%%%%%%%%',
      'LISTEN_PID=12345',
    ];
    const env = [
      ...almost,
      'BEFORE=%%%%%%%%%%',
      'LISTEN_PID=%%%%%%%%%%',
      'AFTER=%%%%%%%%%%',
      'LISTEN_PID=%%%%%%%%%%',
    ];
    const child = await lib.posixSpawn('/usr/bin/env', ['env', '-0'], {
      env,
      fileActions: prefixed([{ op: 'listen-pid' }], new OwnActions().addDup2(writeFd, 1)),
    });
    closeSync(writeFd);
    await child.exited;
    const text = readFileSync(readFd, 'utf8');
    closeSync(readFd);
    const wanted = env.with(6, `LISTEN_PID=${child.pid}`);
    // env(1) may keep one of several variables of a name.
    for (const line of text.split('\0').filter(Boolean)) expect(wanted).to.include(line);
    expect(text).to.include(`BEFORE=%%%%%%%%%%\0`).and.include('AFTER=%%%%%%%%%%\0');
  });

  for (const env of [[], ['LISTEN_PID=%%%%%%%%%'], ['LISTEN_PID=%%%%%%%%%%%'], ['LISTEN_PID=1']])
    it(`fails where there is no such text: ${JSON.stringify(env)}`, async () => {
      const error = await start(env).then(
        () => ({}),
        (error: lib.SpawnError) => ({ ...error }),
      );
      expect(error).to.include({ code: 'EINVAL', step: 'listen-pid', syscall: 'getpid' });
    });

  it('is refused where the environment is the one that the engine copies by itself', async () => {
    const env = { LISTEN_PID: '%'.repeat(10) };
    expect(await runProgram(import.meta.url, 'kept-environment', null, { env })).to.deep.equal({
      code: 'EINVAL',
      step: 'plan',
    });
  });

  it('is not seen by the program where it is not asked for', async () => {
    const text = await outputOf(
      ['env'],
      { env: ['LISTEN_PID=%%%%%%%%%%'] },
      1,
      async (_path, argv, options) => posixSpawn('/usr/bin/env', argv, options),
    );
    expect(text).to.equal('LISTEN_PID=%%%%%%%%%%\n');
  });
});
