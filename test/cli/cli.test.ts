import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { openPipe } from 'forkless';
import { ptyRun } from '../support/launchers.js';
import { at } from '../support/paths.js';
import { forkless, version } from './command.js';

/** A terminal of the usual size. */
const SCREEN = { lines: 24, columns: 80 };

describe('the command forkless', () => {
  it('is the one that the package names', () => {
    const { bin } = JSON.parse(readFileSync(at('package.json'), 'utf8')) as { bin: unknown };
    expect(bin).to.deep.equal({ forkless: './dist/cli/main.js' });
    expect(readFileSync(at('dist/cli/main.js'), 'utf8')).to.match(/^#!\/usr\/bin\/env node\n/);
  });

  for (const args of [
    [],
    ['--help'],
    ['-h'],
    ['help'],
    ['help', 'explain'],
    ['help', 'version'],
    ['explain', '--help'],
    ['version', '--help'],
    ['doctor', '-h'],
  ])
    it(`prints a help that fits on a screen: ${args.join(' ')}`, () => {
      const { code, out, err } = forkless(args);
      expect({ code, err }).to.deep.equal({ code: 0, err: '' });
      expect(out).to.match(/^forkless/);
      const lines = out.split('\n');
      // that of explain has a flag for each attribute
      expect(lines).to.have.length.at.most(args.includes('explain') ? 2 * SCREEN.lines : SCREEN.lines);
      expect(Math.max(...lines.map(({ length }) => length))).to.be.at.most(SCREEN.columns);
    });

  for (const args of [['--help'], ['explain', '/bin/ls'], ['doctor']])
    it(`is silent when its output is closed, and reports other write errors: ${args.join(' ')}`, () => {
      const [readEnd, unread] = openPipe();
      closeSync(readEnd);
      const full = openSync('/dev/full', 'w');
      const into = (fd: number) => {
        const program = [at('dist/cli/main.js'), ...args];
        const { status, stderr } = spawnSync(process.execPath, program, { stdio: ['ignore', fd, 'pipe'] });
        return { code: status, err: String(stderr) };
      };
      try {
        expect(into(unread)).to.deep.equal({ code: 0, err: '' });
        expect(into(full)).to.deep.equal({
          code: 1,
          err: 'forkless: ENOSPC: no space left on device, write\n',
        });
      } finally {
        for (const fd of [unread, full]) closeSync(fd);
      }
    });

  for (const name of ['--version', '-v', 'version'])
    it(`prints its version: ${name}`, () => {
      expect(forkless([name])).to.deep.equal({ code: 0, out: `${version}\n`, err: '' });
    });

  for (const [args, meant] of [
    [['docter'], 'doctor'],
    [['Explain'], 'explain'],
    [['explian', 'ls'], 'explain'],
    [['--verison'], 'version'],
    [['help', 'docto'], 'doctor'],
    [['explain', '--cwdd', '/tmp', 'ls'], '--cwd'],
    [['explain', '--cloexecDefault', 'ls'], '--cloexec-default'],
    [['explain', '--inherit_fds=7', 'ls'], '--inherit-fds'],
    [['explain', '--sapwn', 'ls'], '--spawn'],
    [['doctor', '--jsn'], '--json'],
  ] as const)
    it(`suggests what was meant: ${args.join(' ')}`, () => {
      const { code, err } = forkless(args);
      expect(code).to.equal(2);
      expect(err)
        .to.match(/^forkless: there is no .*\n/)
        .and.to.include(`. Did you mean "${meant}"?\n`);
    });

  it('suggests nothing that is not similar', () => {
    for (const args of [
      ['start'],
      ['ls'],
      ['explain', '--foo', 'ls'],
      ['explain', '-x', 'ls'],
      ['doctor', '-j'],
    ])
      expect(forkless(args).err).to.not.include('mean');
  });

  it('writes the same into a terminal, a pipe and with NO_COLOR or FORCE_COLOR: text without escapes', () => {
    const { out } = forkless(['help', 'explain']);
    expect(forkless(['help', 'explain'], ptyRun()).out.replaceAll('\r\n', '\n')).to.equal(out);
    for (const env of [{ NO_COLOR: '1' }, { FORCE_COLOR: '1' }])
      expect(forkless(['help', 'explain'], [], env).out).to.equal(out);
    expect(out).to.not.include('\u001b');
  });

  for (const [args, message] of [
    [['start'], 'there is no command "start"'],
    [['constructor'], 'there is no command "constructor"'],
    [['help', 'start'], 'there is no help on "start"'],
    [['help', 'explain', 'doctor'], 'there is no help on "explain doctor"'],
    [['--version', 'x'], 'the version has no options, and "x" was given'],
    [['explain'], 'no COMMAND was given'],
    [['explain', '--cwd', '/tmp'], 'no COMMAND was given'],
    [['explain', '--no-such', '/bin/ls'], 'there is no option "--no-such"'],
    [['explain', '--umask', '9', '/bin/ls'], '--umask takes an octal number'],
    [['explain', '--umask', '7777', '/bin/ls'], 'options.umask'],
    [['explain', '--pgroup', 'x', '/bin/ls'], '--pgroup takes a number, not x'],
    [['explain', '--fds', '0,,1', '/bin/ls'], '--fds takes a number, not nothing'],
    [['explain', '--open', '1:/tmp/x', '/bin/ls'], '--open takes FD:FLAGS:PATH'],
    [['explain', '--open', '1:often:/tmp/x', '/bin/ls'], 'flags'],
    [['explain', '--dup2', '1', '/bin/ls'], '--dup2 takes FD:NEWFD'],
    [['explain', '--dup2', '1:2:3', '/bin/ls'], '--dup2 takes FD:NEWFD'],
    [['explain', '--env', '=x', '/bin/ls'], '--env takes NAME=VALUE'],
    [['explain', '--sigmask', 'SIGNOT', '/bin/ls'], 'SIGNOT'],
    [['explain', '--setsid=yes', '/bin/ls'], '--setsid'],
    [['explain', '--constructor', 'x', '/bin/ls'], 'there is no option "--constructor"'],
    [['explain', '--inherit-fds', '7', '/bin/ls'], '--inherit-fds goes with --spawn alone'],
    [['explain', '--spawn', '--fds', '0', '/bin/ls'], '--fds does not go with --spawn'],
    [['explain', '--spawn', '--inherit-fds', '2', '/bin/ls'], 'options.inheritFds[0]'],
    [['explain', '--spawn', '--uid', '3000000000', '/bin/ls'], 'options.uid'],
    [['explain', '--stdio', 'pipe', '/bin/ls'], '--stdio goes with --spawn alone'],
    [['explain', '--shell', '/bin/ls'], '--shell goes with --spawn alone'],
    [['explain', '--spawn', '--stdio', 'pip', '/bin/ls'], 'options.stdio'],
    [['explain', '--spawn', '--stdio', '0,,1', '/bin/ls'], 'options.stdio'],
    [['explain', '--spawn', '--shell'], 'no COMMAND was given'],
    [['doctor', '--often'], 'there is no option "--often"'],
    [['doctor', 'now'], 'now'],
  ] as const)
    it(`refuses what it does not understand: ${args.join(' ')}`, () => {
      const { code, out, err } = forkless(args);
      expect({ code, out }).to.deep.equal({ code: 2, out: '' });
      expect(err)
        .to.match(/^forkless: /)
        .and.to.include(message);
      expect(err).to.match(/\nTry: forkless.* --help\n$/);
    });
});
