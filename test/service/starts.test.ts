// What a service's program finds, through both doors.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { FileActions, openSocketPair, posixSpawn, posixSpawnSync, setCloexec } from 'forkless';
import { spawn, spawnSync } from 'forkless/child_process';
import type { Service } from 'forkless/service';
import { posixOptions, spawnOptions } from 'forkless/service';
import { polluted } from '../support/polluted.js';
import { runProgram } from '../support/program.js';
import { runWorker } from '../support/run-worker.js';
import { failureOf } from '../support/starts.js';
import { tempPath } from '../support/temp.js';

const isRoot = process.getuid?.() === 0;

/** Runs a command line as a service to its end. */
type Run = (
  command: string,
  service: Service & { umask?: number; cwd?: string; env?: Record<string, string> },
) => Promise<void>;

const ways: readonly (readonly [name: string, run: Run])[] = [
  [
    'posixSpawn',
    async (command, service) => {
      const { code } = await (await posixSpawn('/bin/sh', ['sh', '-c', command], posixOptions(service)))
        .exited;
      expect(code).to.equal(0);
    },
  ],
  [
    'posixSpawnSync',
    async (command, service) => {
      expect(
        (await posixSpawnSync('/bin/sh', ['sh', '-c', command], posixOptions(service)).exited).code,
      ).to.equal(0);
    },
  ],
  [
    'spawn',
    async (command, service) => {
      const child = spawn('/bin/sh', ['-c', command], spawnOptions(service));
      child.stdout?.resume();
      child.stderr?.resume();
      expect(await once(child, 'close')).to.deep.equal([0, null]);
    },
  ],
  [
    'spawnSync',
    async (command, service) => {
      expect(spawnSync('/bin/sh', ['-c', command], spawnOptions(service))).to.include({
        status: 0,
        signal: null,
      });
    },
  ],
];

for (const [name, run] of ways)
  describe(`a service started by ${name}`, () => {
    /** The lines that a command line writes into its log file. */
    async function logged(command: string, service: Parameters<Run>[1] = {}): Promise<string[]> {
      const logFile = tempPath('log');
      await run(command, { logFile, ...service });
      return readFileSync(logFile, 'utf8').trimEnd().split('\n');
    }

    it('appends stdout and stderr to the log file, through one open file', async () => {
      const logFile = tempPath('log');
      writeFileSync(logFile, 'before\n');
      // With two open files in place of one, the second writer would not move the offset of the first.
      const offset = 'sed -n "s/^pos:\\t*//p" /proc/self/fdinfo/1';
      await run(`echo one; echo two >&2; ${offset}; echo three`, { logFile });
      expect(readFileSync(logFile, 'utf8')).to.equal('before\none\ntwo\n15\nthree\n');
      await run('echo four >&2', { logFile });
      expect(readFileSync(logFile, 'utf8')).to.match(/three\nfour\n$/);
    });

    it('makes the log file with the mode 0640, less what the umask takes away', async () => {
      const [open, closed] = [tempPath('log'), tempPath('log')];
      await run('true', { logFile: open, umask: 0 });
      await run('true', { logFile: closed, umask: 0o77 });
      expect([open, closed].map((file) => statSync(file).mode & 0o7777)).to.deep.equal([0o640, 0o600]);
    });

    it('takes a relative log file from its own working directory', async () => {
      const cwd = tempPath('folder');
      mkdirSync(cwd);
      await run('pwd', { logFile: 'here.log', cwd });
      expect(readFileSync(`${cwd}/here.log`, 'utf8')).to.equal(`${cwd}\n`);
    });

    it('reads nothing: stdin is /dev/null', async () => {
      expect(await logged('readlink /proc/self/fd/0; cat')).to.deep.equal(['/dev/null']);
    });

    it('gets the descriptors as 3, 4, …, with their names and with its own pid', async () => {
      const [one, other] = openSocketPair();
      const told =
        'echo $LISTEN_PID $$; echo $LISTEN_FDS $LISTEN_FDNAMES; stat -L -c %i /proc/self/fd/3 /proc/self/fd/4 /proc/self/fd/5';
      const lines = await logged(told, {
        listenFds: [other, { fd: one, name: 'web socket' }, { fd: 0 + other }],
      });
      const [pid = '', self] = (lines[0] ?? '').split(' ');
      expect(pid)
        .to.match(/^[1-9]\d*$/)
        .and.equal(self);
      expect(lines.slice(1)).to.deep.equal([
        '3 unknown:web socket:unknown',
        ...[other, one, other].map((fd) => `${fstatSync(fd).ino}`),
      ]);
      for (const fd of [one, other]) closeSync(fd);
    });

    it('gets them also where their numbers are those that they replace', async () => {
      const [one, other] = openSocketPair();
      const files = [openSync('/dev/null', 'r'), openSync('/dev/null', 'r')];
      try {
        // Every order of low and high numbers: the assignment is simultaneous.
        const inodes = [other, one].map((fd) => `${fstatSync(fd).ino}`);
        expect(
          await logged('stat -L -c %i /proc/self/fd/3 /proc/self/fd/4', { listenFds: [other, one] }),
        ).to.deep.equal(inodes);
      } finally {
        for (const fd of [one, other, ...files]) closeSync(fd);
      }
    });

    it('gets no other descriptor, and no signal ignored or blocked', async () => {
      const fd = openSync('/dev/null', 'r');
      setCloexec(fd, false);
      const lines = await logged(
        `test -e /proc/self/fd/${fd} || echo closed; grep -E "^Sig(Blk|Ign)" /proc/self/status`,
      );
      expect(lines).to.deep.equal(['closed', `SigBlk:\t${'0'.repeat(16)}`, `SigIgn:\t${'0'.repeat(16)}`]);
      closeSync(fd);
    });

    it('has no such variable without descriptors', async () => {
      expect(await logged('env | grep -c LISTEN_ || true', { listenFds: [] })).to.deep.equal(['0']);
    });

    it('leaves this process as it is', async () => {
      const fd = openSync('/dev/null', 'r');
      const before = [{ ...process.env }, process.getuid?.(), process.getgroups?.(), process.umask()];
      await logged('true', { listenFds: [fd], umask: 0o77, ...(isRoot ? { user: 'daemon' } : {}) });
      expect([{ ...process.env }, process.getuid?.(), process.getgroups?.(), process.umask()]).to.deep.equal(
        before,
      );
      closeSync(fd);
    });

    describe('as another user', () => {
      before(function () {
        if (!isRoot) this.skip();
      });

      const ids = 'id -u; id -g; id -G';
      const ofDaemon = (flag: string) => execFileSync('id', [flag, 'daemon'], { encoding: 'utf8' }).trim();

      it('has the ids and groups of the name, and without it those of this process', async () => {
        const [uid, gid, groups = ''] = await logged(ids, { user: 'daemon' });
        expect([uid, gid]).to.deep.equal([ofDaemon('-u'), ofDaemon('-g')]);
        expect(groups.split(' ')).to.have.members(ofDaemon('-G').split(' '));
        expect((await logged(ids))[0]).to.equal('0');
      });

      it('has the group and the supplementary groups that are given', async () => {
        const [uid, gid, groups = ''] = await logged(ids, {
          user: 'daemon',
          group: 'nogroup',
          supplementaryGroups: ['sys', 54321],
        });
        const numberOf = (group: string) =>
          execFileSync('getent', ['group', group], { encoding: 'utf8' }).split(':')[2];
        expect([uid, gid]).to.deep.equal([ofDaemon('-u'), numberOf('nogroup')]);
        expect(groups.split(' ')).to.include.members([numberOf('nogroup'), numberOf('sys'), '54321']);
      });

      it('has HOME, USER, LOGNAME and SHELL of /etc/passwd, or those of `env`', async () => {
        const [, , , , , home, shell] = execFileSync('getent', ['passwd', 'daemon'], { encoding: 'utf8' })
          .trim()
          .split(':');
        const variables = 'echo $HOME; echo $USER; echo $LOGNAME; echo $SHELL';
        expect(await logged(variables, { user: 'daemon' })).to.deep.equal([home, 'daemon', 'daemon', shell]);
        const env = { PATH: String(process.env['PATH']), HOME: '/h', USER: 'u', LOGNAME: 'l', SHELL: '/s' };
        expect(await logged(variables, { user: 'daemon', loginEnvironment: false, env })).to.deep.equal([
          '/h',
          'u',
          'l',
          '/s',
        ]);
      });

      it('opens the log file as this process: the user may not', async () => {
        const folder = tempPath('closed');
        mkdirSync(folder, { mode: 0o700 });
        const logFile = `${folder}/log`;
        await run(`echo written; cat ${logFile} 2>/dev/null || echo unreadable`, { logFile, user: 'daemon' });
        expect(readFileSync(logFile, 'utf8')).to.equal('written\nunreadable\n');
        expect(statSync(logFile)).to.include({ uid: 0, gid: 0 });
      });
    });
  });

describe('a service', () => {
  it('that is one of many at the same time has the pid of its own', async () => {
    const fd = openSync('/dev/null', 'r');
    const options = posixOptions({ listenFds: [fd], logFile: tempPath('log') });
    const children = await Promise.all(
      Array.from({ length: 40 }, () => posixSpawn('/bin/sh', ['sh', '-c', 'test $LISTEN_PID = $$'], options)),
    );
    const codes = await Promise.all(children.map(async ({ exited }) => (await exited).code));
    expect(codes).to.deep.equal(children.map(() => 0));
    closeSync(fd);
  });

  it('has its pid on every rung, in the shared-table mode, and from a Worker', async () => {
    for (const env of [1, 2, 3, 4].map((rung) => ({ FORKLESS_RUNG: `${rung}` })))
      expect(await runProgram(import.meta.url, 'own-pid', null, { env }), JSON.stringify(env)).to.equal(
        'own',
      );
    const flat = { env: { FORKLESS_FLAT: 'always' } };
    expect(await runProgram(import.meta.url, 'own-pid', { cloexecDefault: true }, flat)).to.equal('own');
    expect(
      await runWorker(`
        import { parentPort } from 'node:worker_threads';
        import { posixSpawn } from 'forkless';
        import { posixOptions } from 'forkless/service';
        const options = posixOptions({ listenFds: [0] });
        const { exited } = await posixSpawn('/bin/sh', ['sh', '-c', 'test $LISTEN_PID = $$'], options);
        parentPort.postMessage((await exited).code);`),
    ).to.equal(0);
  });

  it('keeps the caller’s own file actions, their order and their indexes', async () => {
    const logFile = tempPath('log');
    const fileActions = new FileActions().addDup2(1, 7).addDup2(77, 8);
    const error = await failureOf(() =>
      posixSpawn('/bin/true', ['true'], posixOptions({ logFile, fileActions })),
    );
    expect(error).to.include({ code: 'EBADF', step: 'dup2', actionIndex: 1, fd: 77 });
    const more = new FileActions().addDup2(1, 7);
    const { exited } = await posixSpawn(
      '/bin/sh',
      ['sh', '-c', 'echo seven >&7'],
      posixOptions({ logFile, fileActions: more }),
    );
    expect((await exited).code).to.equal(0);
    expect(readFileSync(logFile, 'utf8')).to.equal('seven\n');
  });

  it('whose log file cannot be opened is not started: the error names it', async () => {
    const logFile = '/nonexistent/log';
    const error = await failureOf(() => posixSpawn('/bin/true', ['true'], posixOptions({ logFile })));
    expect(error).to.include({ code: 'ENOENT', step: 'open', path: logFile });
    const [emitted] = await once(spawn('/bin/true', [], spawnOptions({ logFile })), 'error');
    expect(emitted.cause).to.include({ code: 'ENOENT', step: 'open', path: logFile });
  });

  it('that an ordinary user may not start is refused by the step', async function () {
    if (!isRoot) return this.skip();
    const options = { launcher: ['setpriv', '--reuid=4242', '--regid=4242', '--clear-groups'] };
    expect(await runProgram(import.meta.url, 'refused', null, options)).to.deep.equal({
      posix: { code: 'EPERM', step: 'setgroups' },
      dropIn: { code: 'EPERM', step: 'setgroups' },
    });
  });

  it('has what fds and stdio say of 0, 1 and 2', async () => {
    const [one, other] = openSocketPair();
    const posix = posixOptions({ fds: [other, null, 2], listenFds: [one] });
    expect(posix.fds).to.deep.equal([other, null, 2, one]);
    expect(spawnOptions({ stdio: [other, 'inherit'], listenFds: [one] }).stdio).to.deep.equal([
      other,
      'inherit',
      'pipe',
      one,
    ]);
    expect(spawnOptions({ stdio: 'inherit' }).stdio).to.deep.equal(['inherit', 'inherit', 'inherit']);
    expect(spawnOptions({ stdio: [0, 1, 2, 'pipe'] }).stdio).to.deep.equal([0, 1, 2, 'pipe']);
    expect(posixOptions({ fds: [0, 1, 2, 7] }).fds).to.deep.equal([0, 1, 2, 7]);
    expect(posixOptions({ fds: [5] }).fds).to.deep.equal([5, 1, 2]);
    expect(posixOptions({ logFile: '/x' }).fds).to.deep.equal([null, null, null]);
    for (const fd of [one, other]) closeSync(fd);
  });

  it('passes all other options on', () => {
    expect(posixOptions({ umask: 5, cwd: '/', setsid: true })).to.deep.include({
      umask: 5,
      cwd: '/',
      setsid: true,
    });
    expect(spawnOptions({ umask: 5, cwd: '/', detached: true })).to.deep.include({
      umask: 5,
      cwd: '/',
      detached: true,
    });
    expect(posixOptions({})).to.have.all.keys(
      'cloexecDefault',
      'sigdefault',
      'sigmask',
      'fds',
      'fileActions',
    );
    expect(posixOptions({ cloexecDefault: false, sigmask: ['SIGHUP'], sigdefault: [] })).to.deep.include({
      cloexecDefault: false,
      sigmask: ['SIGHUP'],
      sigdefault: [],
    });
  });
});

describe('the options of a service', () => {
  const others = {
    user: 'daemon',
    gid: 5,
    logFile: '/polluted',
    listenFds: [0],
    env: { POLLUTED: '1' },
    fds: [0, 0, 0],
    stdio: 'inherit',
    fileActions: new FileActions().addChdir('/polluted'),
  };

  it('are its own, not those of Object.prototype', () => {
    for (const service of [{}, { listenFds: [{ fd: 1 }] }, { user: 0 }]) {
      const [posix, dropIn] = [posixOptions, spawnOptions].map((make) => JSON.stringify(make(service)));
      expect(polluted({ ...others, name: 'polluted' }, () => JSON.stringify(posixOptions(service)))).to.equal(
        posix,
      );
      expect(polluted({ ...others, name: 'polluted' }, () => JSON.stringify(spawnOptions(service)))).to.equal(
        dropIn,
      );
    }
  });

  it('are read once each', () => {
    for (const make of [posixOptions, spawnOptions]) {
      const reads: string[] = [];
      const service = { user: 0, logFile: '/log', listenFds: [1], env: {}, umask: 0, cwd: '/' };
      make(
        new Proxy(service, {
          get(target, name) {
            reads.push(String(name));
            return Reflect.get(target, name);
          },
        }),
      );
      expect(reads.filter((name) => Object.hasOwn(service, name)).sort()).to.deep.equal(
        Object.keys(service).sort(),
      );
    }
  });

  it('have an environment that inherits, as Node’s', () => {
    const env = Object.create({ INHERITED: '1', USER: 'root' });
    const { stdout } = spawnSync('/usr/bin/env', [], {
      ...spawnOptions({ user: 'root', env }),
      encoding: 'utf8',
      uid: process.getuid?.(),
      gid: process.getgid?.(),
      groups: 'keep',
    });
    expect(stdout.split('\n')).to.include.members(['INHERITED=1', 'USER=root', 'LOGNAME=root']);
    expect(() => spawnOptions({ user: 'root', env: Object.create({ USER: 'other' }) })).to.throw(
      'service.env.USER',
    );
  });
});

describe('a wrong service is refused before anything happens', () => {
  const refused: readonly (readonly [given: object, code: string, says: string])[] = [
    [[], 'ERR_INVALID_ARG_TYPE', '"service"'],
    [{ user: 'no-such-user' }, 'ERR_INVALID_ARG_VALUE', 'getent passwd'],
    [{ user: null }, 'ERR_INVALID_ARG_TYPE', 'service.user'],
    [{ loginEnvironment: 1 }, 'ERR_INVALID_ARG_TYPE', 'service.loginEnvironment'],
    [{ logFile: 5 }, 'ERR_INVALID_ARG_TYPE', 'service.logFile'],
    [{ logFile: 'a\0b' }, 'ERR_INVALID_ARG_VALUE', 'service.logFile'],
    [{ listenFds: 3 }, 'ERR_INVALID_ARG_TYPE', 'service.listenFds'],
    [{ listenFds: [-1] }, 'ERR_OUT_OF_RANGE', 'service.listenFds[0]'],
    [{ listenFds: ['3'] }, 'ERR_INVALID_ARG_TYPE', 'service.listenFds[0]'],
    [{ listenFds: [null] }, 'ERR_INVALID_ARG_TYPE', 'service.listenFds[0]'],
    [{ listenFds: [{ fd: 1 }, { name: 'x' }] }, 'ERR_INVALID_ARG_TYPE', 'service.listenFds[1].fd'],
    [{ listenFds: [{ fd: 1, title: 'x' }] }, 'ERR_INVALID_ARG_VALUE', '`fd` and `name` alone'],
    ...['', 'a:b', 'é', 'a\n', 'x'.repeat(256)].map(
      (name) =>
        [{ listenFds: [{ fd: 1, name }] }, 'ERR_INVALID_ARG_VALUE', 'service.listenFds[0].name'] as const,
    ),
    ...['LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES'].map(
      (name) =>
        [{ listenFds: [1], env: { [name]: '1x' } }, 'ERR_INVALID_ARG_VALUE', `service.env.${name}`] as const,
    ),
    [{ user: 'root', env: { HOME: '/elsewhere' } }, 'ERR_INVALID_ARG_VALUE', 'excludes `user`'],
    [{ listenFds: [1], env: 5 }, 'ERR_INVALID_ARG_TYPE', 'service.env'],
    [{ logFile: '/x', fileActions: {} }, 'ERR_INVALID_ARG_TYPE', 'service.fileActions'],
  ];
  const posixOnly: typeof refused = [
    [{ listenFds: [1], fds: [0, 1, 2, 3] }, 'ERR_INVALID_ARG_VALUE', 'excludes `listenFds`'],
    [{ logFile: '/x', fds: [0, 1] }, 'ERR_INVALID_ARG_VALUE', 'excludes `logFile`'],
    [{ logFile: '/x', fds: [0, null, 2] }, 'ERR_INVALID_ARG_VALUE', 'excludes `logFile`'],
    [{ fds: ['x'] }, 'ERR_INVALID_ARG_TYPE', 'service.fds[0]'],
    [{ listenFds: [1], env: ['A=1', 'LISTEN_FDS=7'] }, 'ERR_INVALID_ARG_VALUE', 'service.env.LISTEN_FDS'],
    [
      { listenFds: [1], env: [Buffer.from('LISTEN_PID=7')] },
      'ERR_INVALID_ARG_VALUE',
      'service.env.LISTEN_PID',
    ],
  ];
  const dropInOnly: typeof refused = [
    [{ listenFds: [1], stdio: [0, 1, 2, 3] }, 'ERR_INVALID_ARG_VALUE', 'excludes `listenFds`'],
    [{ logFile: '/x', stdio: 'inherit' }, 'ERR_INVALID_ARG_VALUE', 'excludes `logFile`'],
    [{ stdio: 5 }, 'ERR_INVALID_ARG_VALUE', 'service.stdio'],
    [{ listenFds: [1], stdio: { 0: 'pipe' } }, 'ERR_INVALID_ARG_VALUE', 'service.stdio'],
    [{ listenFds: [1], env: ['A=1'] }, 'ERR_INVALID_ARG_TYPE', 'service.env'],
    [{ logFile: '/x', stdio: ['ignore', 'ignore', 2] }, 'ERR_INVALID_ARG_VALUE', 'excludes `logFile`'],
  ];
  for (const [door, make, list] of [
    ['posixOptions', posixOptions, [...refused, ...posixOnly]],
    ['spawnOptions', spawnOptions, [...refused, ...dropInOnly]],
  ] as const)
    for (const [given, code, says] of list)
      it(`by ${door}: ${JSON.stringify(given)}`, () => {
        let error: unknown;
        try {
          make(given);
        } catch (thrown) {
          error = thrown;
        }
        expect(error).to.be.instanceOf(Error).and.include({ code });
        expect((error as Error).message).to.include(says);
      });

  it('but not for a copy of process.env, which may have the variables', () => {
    const { env } = posixOptions({
      user: 'root',
      env: { ...process.env, HOME: process.env['HOME'], X: 'x' },
    });
    expect(env).to.include({ X: 'x', USER: 'root' });
    const list = posixOptions({ listenFds: [1], env: ['A=1', 'A=2', Uint8Array.of(0x42)] }).env;
    expect(list).to.deep.equal([
      'A=1',
      'A=2',
      Uint8Array.of(0x42),
      'LISTEN_FDS=1',
      'LISTEN_FDNAMES=unknown',
      'LISTEN_PID=%%%%%%%%%%',
    ]);
  });
});
