import { closeSync, fstatSync, readFileSync, readSync, statSync, writeSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import { expect } from 'chai';
import type { Pty, WindowSize } from 'forkless';
import { getCloexec, getWindowSize, openPipe, openPty, posixSpawn, setWindowSize, tcgetpgrp } from 'forkless';
import { limitRun, seccompRun } from '../support/launchers.js';
import { runNodeForValue } from '../support/run-node.js';

type Loose = (...args: readonly unknown[]) => unknown;

/** Runs `use` with a pseudo terminal and closes it. */
async function withPty(use: (pty: Pty) => Promise<void> | void, size?: WindowSize): Promise<void> {
  const pty = openPty(size);
  try {
    await use(pty);
  } finally {
    for (const fd of [pty.slave, pty.master]) closeSync(fd);
  }
}

describe('openPty', () => {
  it('opens a master and the terminal of its name, both close-on-exec', () =>
    withPty(({ master, slave, name }) => {
      expect(fstatSync(slave).rdev).to.equal(statSync(name).rdev);
      expect([master, slave].map(getCloexec)).to.deep.equal([true, true]);
      writeSync(master, 'typed\n');
      const line = Buffer.alloc(20);
      expect(line.toString('utf8', 0, readSync(slave, line))).to.equal('typed\n');
    }));

  it('does not make it the terminal of this process', () =>
    withPty(({ master }) => {
      const terminal = () => readFileSync('/proc/self/stat', 'latin1').split(') ')[1]?.split(' ')[4];
      const before = terminal();
      return withPty(() => {
        expect(terminal()).to.equal(before);
        expect(tcgetpgrp(master)).to.equal(0);
      });
    }));

  it('has the window size that is given, else none', async () => {
    await withPty(
      ({ slave }) => expect(getWindowSize(slave)).to.deep.equal({ rows: 0, columns: 0 }) as never,
    );
    for (const size of [
      { rows: 24, columns: 80 },
      { rows: 0, columns: 65535 },
    ])
      await withPty(({ master, slave }) => {
        expect(getWindowSize(slave)).to.deep.equal(size);
        expect(getWindowSize(master)).to.deep.equal(size);
      }, size);
  });

  it('takes what has rows and columns, process.stdout too, and ignores its other properties', () =>
    withPty(({ master }) => {
      setWindowSize(master, { rows: 3, columns: 4, other: 5 } as WindowSize);
      expect(getWindowSize(master)).to.deep.equal({ rows: 3, columns: 4 });
    }));

  const wrong: readonly (readonly [unknown, string])[] = [
    [null, 'ERR_INVALID_ARG_TYPE'],
    [5, 'ERR_INVALID_ARG_TYPE'],
    [[24, 80], 'ERR_INVALID_ARG_TYPE'],
    [{}, 'ERR_INVALID_ARG_TYPE'],
    [{ rows: 24 }, 'ERR_INVALID_ARG_TYPE'],
    [{ rows: 24, cols: 80 }, 'ERR_INVALID_ARG_TYPE'],
    [{ rows: '24', columns: 80 }, 'ERR_INVALID_ARG_TYPE'],
    [Object.create({ rows: 24, columns: 80 }), 'ERR_INVALID_ARG_TYPE'],
    [{ rows: 24, columns: 65536 }, 'ERR_OUT_OF_RANGE'],
    [{ rows: -1, columns: 80 }, 'ERR_OUT_OF_RANGE'],
    [{ rows: 1.5, columns: 80 }, 'ERR_OUT_OF_RANGE'],
  ];
  it('refuses a wrong size before anything is opened, and so does setWindowSize', () =>
    withPty(({ master }) => {
      const before = getWindowSize(master);
      for (const [size, code] of wrong) {
        expect(() => (openPty as Loose)(size), JSON.stringify(size))
          .to.throw()
          .with.property('code', code);
        expect(() => (setWindowSize as Loose)(master, size))
          .to.throw()
          .with.property('code', code);
      }
      expect(() => (setWindowSize as Loose)(master))
        .to.throw()
        .with.property('code', 'ERR_INVALID_ARG_TYPE');
      expect(getWindowSize(master)).to.deep.equal(before);
    }));

  it('leaves nothing open where it fails', async () => {
    const source = `
      import { readdirSync } from 'node:fs';
      import { openPty } from 'forkless';
      const count = () => readdirSync('/proc/self/fd').length;
      const before = count();
      let told;
      try { openPty(); } catch ({ code, syscall }) { told = { code, syscall }; }
      say({ ...told, left: count() - before });`;
    const launcher = seccompRun('ioctl=EPERM');
    expect(await runNodeForValue(source, { launcher })).to.deep.equal({
      code: 'EPERM',
      syscall: 'openpty',
      left: 0,
    });
  });

  it('tells EMFILE where no descriptor is free', async () => {
    const source = `
      import { closeSync, openSync } from 'node:fs';
      import { openPty } from 'forkless';
      const open = [];
      try { for (;;) open.push(openSync('/dev/null')); } catch {}
      let code;
      try { openPty(); } catch (error) { code = error.code; }
      closeSync(open.pop());
      let one;
      try { openPty(); } catch (error) { one = error.code; }
      const [fd] = [openSync('/dev/null')]; // the one that is free again
      for (const fd of open) closeSync(fd);
      say({ code, one });`;
    expect(await runNodeForValue(source, { launcher: limitRun(100) })).to.deep.equal({
      code: 'EMFILE',
      one: 'EMFILE',
    });
  });
});

describe('getWindowSize, setWindowSize and tcgetpgrp', () => {
  const calls: readonly (readonly [string, (fd: never) => unknown])[] = [
    ['getWindowSize', getWindowSize],
    ['setWindowSize', (fd) => setWindowSize(fd, { rows: 1, columns: 1 })],
    ['tcgetpgrp', tcgetpgrp],
  ];
  for (const [name, call] of calls)
    it(`${name} refuses what is no terminal, is closed, or is no number`, () => {
      const pipe = openPipe();
      try {
        expect(() => call(pipe[0] as never))
          .to.throw()
          .with.include({ code: 'ENOTTY', syscall: 'ioctl', fd: pipe[0] });
      } finally {
        for (const fd of pipe) closeSync(fd);
      }
      expect(() => call(9999 as never))
        .to.throw()
        .with.include({ code: 'EBADF', syscall: 'ioctl', fd: 9999 });
      expect(() => call('0' as never))
        .to.throw()
        .with.property('code', 'ERR_INVALID_ARG_TYPE');
      expect(() => call(-1 as never))
        .to.throw()
        .with.property('code', 'ERR_OUT_OF_RANGE');
    });

  it("tcgetpgrp of a terminal that is not this process's own is ENOTTY, of its master it is the group", () =>
    withPty(async ({ master, slave }) => {
      const child = await posixSpawn('/bin/cat', ['cat'], { setsid: true, ctty: 0, fds: [slave, slave] });
      expect(tcgetpgrp(master)).to.equal(child.pid);
      expect(() => tcgetpgrp(slave))
        .to.throw()
        .with.property('code', 'ENOTTY');
      child.kill('SIGKILL');
      await child.exited;
    }));
});

describe('an interactive shell in a pseudo terminal', () => {
  /** Reads the master until the last program has gone, and answers to what it prints. */
  class Screen {
    #text = '';
    #seen = 0;
    readonly #waiting: (() => void)[] = [];
    readonly ended: Promise<void>;

    constructor(master: number) {
      const stream = new ReadStream(master);
      stream.setEncoding('latin1');
      stream.on('data', (text) => {
        this.#text += text;
        for (const wake of this.#waiting.splice(0)) wake();
      });
      // EIO tells that no slave is open any more; libuv makes an end of file of it where it sees the hangup first.
      this.ended = new Promise((resolve, reject) => {
        stream.on('close', resolve);
        stream.on('error', (error: NodeJS.ErrnoException) => {
          if (error.code !== 'EIO') reject(error);
        });
      });
    }

    /** What was printed since the last call, up to the pattern. */
    async until(pattern: RegExp): Promise<string> {
      for (;;) {
        const text = this.#text.slice(this.#seen);
        const found = pattern.exec(text);
        if (found !== null) {
          this.#seen += found.index + found[0].length;
          return text.slice(0, found.index + found[0].length);
        }
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
      }
    }
  }

  it('is driven, resized, interrupted, and ends', async () => {
    const { master, slave, name } = openPty({ rows: 24, columns: 80 });
    const shell = await posixSpawn('/bin/sh', ['sh', '-i'], {
      setsid: true,
      ctty: 0,
      cloexecDefault: true,
      fds: [slave, slave, slave],
      env: { PATH: process.env['PATH'], PS1: '> ' },
    });
    closeSync(slave);
    const screen = new Screen(master);
    const type = (text: string) => writeSync(master, text);
    await screen.until(/> $/);

    type('tty; stty size\n');
    expect(await screen.until(/\n> $/)).to.include(`${name}\r\n24 80\r\n`);
    expect(tcgetpgrp(master)).to.equal(shell.pid);

    setWindowSize(master, { rows: 50, columns: 132 });
    type('stty size\n');
    expect(await screen.until(/\n> $/)).to.include('50 132\r\n');

    // A job has the foreground, and gets the signal of the key; the shell lives.
    type('echo begins; cat\n');
    await screen.until(/\nbegins\r\n/);
    type('hello\n');
    await screen.until(/hello\r\nhello\r\n/);
    expect(tcgetpgrp(master)).to.not.equal(shell.pid);
    type('\x03');
    await screen.until(/> $/);
    expect(tcgetpgrp(master)).to.equal(shell.pid);

    type('exit 7\n');
    expect(await shell.exited).to.include({ code: 7 });
    await screen.ended;
  });

  it('tells its programs by SIGWINCH that the size has changed', async () => {
    const { master, slave } = openPty({ rows: 24, columns: 80 });
    const script =
      'process.stdout.on("resize", () => { console.log(process.stdout.getWindowSize().join()); process.exit(); });' +
      'setInterval(() => {}, 1000); console.log("ready");';
    const child = await posixSpawn(process.execPath, [process.execPath, '-e', script], {
      setsid: true,
      ctty: 0,
      fds: [slave, slave, slave],
    });
    closeSync(slave);
    const screen = new Screen(master);
    await screen.until(/ready/);
    setWindowSize(master, { rows: 30, columns: 100 });
    await screen.until(/100,30\r\n/);
    expect(await child.exited).to.include({ code: 0 });
    await screen.ended;
  });
});
