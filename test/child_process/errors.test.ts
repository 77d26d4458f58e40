import { mkdirSync, symlinkSync } from 'node:fs';
import { expect } from 'chai';
import { makeFile } from '../support/starts.js';
import { tempPath } from '../support/temp.js';
import { emits, ends, expectEventLog, outcomeOf, throws } from './event-log.js';
import { ours, runScript, same, sameScript, sameWithoutFormat } from './oracle.js';

const folder = tempPath('folder');
const loop = tempPath('loop');
const script = tempPath('script');
const empty = tempPath('empty');
const plain = tempPath('plain');
const noInterpreter = tempPath('no-interpreter');
const folderInterpreter = tempPath('folder-interpreter');
const longInterpreter = tempPath('long-interpreter');
const garbage = tempPath('garbage');

before(() => {
  mkdirSync(folder);
  symlinkSync(loop, loop);
  makeFile('echo "run by $0 with $#: $*"\n', 0o755, script);
  makeFile('', 0o755, empty);
  makeFile('#!/bin/sh\n', 0o644, plain);
  makeFile('#!/no/such/interpreter\n', 0o755, noInterpreter);
  makeFile('#!/\n', 0o755, folderInterpreter);
  makeFile(`#!/${'a'.repeat(4000)}\n`, 0o755, longInterpreter);
  makeFile(new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0]), 0o755, garbage);
});

describe('a start', () => {
  same(
    'fails when the program is missing',
    (cp) => outcomeOf(() => cp.spawn('/no/such/program', ['a', 'b'])),
    (outcome) => {
      emits('ENOENT')(outcome);
      const { events, first } = expectEventLog(outcome);
      expect(first).to.include({ hasPid: false, spawnfile: '/no/such/program' });
      expect(events[0]?.args[0]).to.deep.include({
        message: 'spawn /no/such/program ENOENT',
        ownKeys: ['errno', 'code', 'syscall', 'path', 'spawnargs'],
      });
      expect(events[1]?.args).to.deep.equal([-2, null]);
    },
  );
  same(
    'fails when the program may not be executed',
    (cp) => outcomeOf(() => cp.spawn(plain)),
    emits('EACCES'),
  );
  same('fails when the program is a directory', (cp) => outcomeOf(() => cp.spawn(folder)), emits('EACCES'));
  same(
    'fails when a file stands in the place of a directory of the path',
    (cp) => outcomeOf(() => cp.spawn(`${plain}/program`)),
    throws('ENOTDIR', /^spawn ENOTDIR$/),
  );
  same(
    'fails when the program is a circle of links',
    (cp) => outcomeOf(() => cp.spawn(loop)),
    throws('ELOOP'),
  );
  same(
    'fails when the path is too long',
    (cp) => outcomeOf(() => cp.spawn(`/${'a'.repeat(5000)}`)),
    throws('ENAMETOOLONG'),
  );
  same(
    'fails when a part of the path is too long',
    (cp) => outcomeOf(() => cp.spawn(`/${'a'.repeat(300)}`)),
    throws('ENAMETOOLONG'),
  );
  same(
    'of a name in PATH that is too long has the outcome that Node’s has',
    (cp) => outcomeOf(() => cp.spawn('a'.repeat(300))),
    (outcome) => {
      expect(outcome).to.be.an('object');
    },
  );
  same(
    'fails when the interpreter is missing',
    (cp) => outcomeOf(() => cp.spawn(noInterpreter)),
    emits('ENOENT'),
  );
  same(
    'fails when the interpreter is a directory',
    (cp) => outcomeOf(() => cp.spawn(folderInterpreter)),
    emits('EACCES'),
  );
  sameWithoutFormat(
    'has the outcome that Node’s has when the interpreter is too long',
    (cp) => outcomeOf(() => cp.spawn(longInterpreter)),
    (outcome) => {
      expect(outcome).to.be.an('object');
    },
  );
  sameWithoutFormat(
    'of a broken ELF file has the outcome that Node’s has',
    (cp) => outcomeOf(() => cp.spawn(garbage)),
    (outcome) => {
      expect(outcome).to.be.an('object');
    },
  );
  same(
    'fails when one argument is longer than the kernel allows',
    (cp) => outcomeOf(() => cp.spawn('/bin/true', ['a'.repeat(200_000)])),
    throws('E2BIG', /^spawn E2BIG$/),
  );
  same(
    'fails when the arguments together are longer than the kernel allows',
    (cp) => outcomeOf(() => cp.spawn('/bin/true', new Array(40).fill('a'.repeat(100_000)))),
    throws('E2BIG'),
  );
  same(
    'fails when a variable is longer than the kernel allows',
    (cp) => outcomeOf(() => cp.spawn('/bin/true', { env: { A: 'a'.repeat(200_000) } })),
    throws('E2BIG'),
  );
  same(
    'passes the longest argument that the kernel allows',
    (cp) => outcomeOf(() => cp.spawn('/bin/sh', ['-c', 'printf %s "$1" | wc -c', 'sh', 'a'.repeat(131_071)])),
    ends(0, '131071\n'),
  );

  describe('of a file without #!', () => {
    sameWithoutFormat(
      'runs it by /bin/sh, with its arguments',
      (cp) => outcomeOf(() => cp.spawn(script, ['one', 'two  three', ''])),
      ends(0, `run by ${script} with 3: one two  three \n`),
    );
    sameWithoutFormat(
      'runs it by /bin/sh when it is empty',
      (cp) => outcomeOf(() => cp.spawn(empty)),
      ends(0, ''),
    );
    sameWithoutFormat(
      'runs it by /bin/sh when it is found in PATH',
      (cp) =>
        outcomeOf(() =>
          cp.spawn(script.slice(script.lastIndexOf('/') + 1), ['a'], {
            env: { PATH: script.slice(0, script.lastIndexOf('/')) },
          }),
        ),
      ends(0, `run by ${script} with 1: a\n`),
    );
    sameWithoutFormat(
      'does not pass argv0 to it',
      (cp) => outcomeOf(() => cp.spawn(script, ['a'], { argv0: 'other' })),
      ends(0, `run by ${script} with 1: a\n`),
    );
    sameWithoutFormat(
      'finds a relative path from cwd',
      (cp) =>
        outcomeOf(() =>
          cp.spawn(`.${script.slice(script.lastIndexOf('/'))}`, {
            cwd: script.slice(0, script.lastIndexOf('/')),
          }),
        ),
      (outcome) => expect(expectEventLog(outcome).stdout).to.match(/^run by \.\//),
    );
  });

  for (const stdio of [
    'ignore',
    'inherit',
    'pipe',
    'overlapped',
    ['pipe', 'pipe', 'pipe', 'ipc'],
    ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
  ])
    same(
      `that fails emits 'close' after 'error' with stdio ${JSON.stringify(stdio)}`,
      (cp) => outcomeOf(() => cp.spawn('/no/such/program', { stdio })),
      (outcome) =>
        expect(expectEventLog(outcome).events.at(-1)).to.deep.include({ event: 'close', args: [-2, null] }),
    );

  for (const [what, options] of [
    ['argv0', { argv0: 'other' }],
    ['a shell', { shell: '/no/such/shell' }],
    ['detached', { detached: true }],
    ['ids', { uid: 65534, gid: 65534 }],
    ['a timeout', { timeout: 10_000 }],
    ['an empty environment', { env: {} }],
  ] as const)
    same(
      `of a missing program fails with ${what}`,
      (cp) => outcomeOf(() => cp.spawn('/no/such/program', ['a'], options)),
      emits('ENOENT'),
    );

  sameScript(
    'that fails throws the error of the event when nobody listens',
    `process.on('uncaughtException', (error, origin) => console.log(origin, error.message, error.code, error.syscall, error.path, error.spawnargs, Object.keys(error)));
     cp.spawn('/no/such/program', ['a']);`,
    ({ stdout, code }) => {
      expect(code).to.equal(0);
      expect(stdout).to.match(/^uncaughtException spawn \/no\/such\/program ENOENT ENOENT spawn \/no/);
    },
  );
  same(
    'that fails ends the parent when nobody catches the error',
    async (cp) => {
      const { code, signal, stdout, stderr } = await runScript(cp, "cp.spawn('/no/such/program');");
      return { code, signal, stdout, stderr: stderr.slice(0, stderr.indexOf('Error:')) };
    },
    ({ code, stderr }) => {
      expect(code).to.equal(1);
      expect(stderr).to.match(/Unhandled 'error' event/);
    },
  );

  same(
    'may succeed right after one that failed',
    async (cp) => [await outcomeOf(() => cp.spawn('/no/such')), await outcomeOf(() => cp.spawn('/bin/true'))],
    ([first, second]) => {
      if (first) emits('ENOENT')(first);
      if (second) ends(0)(second);
    },
  );

  // Not beside Node: its handle of a start that failed signals whatever number stands in its memory. That can be 0, which
  // is the process group of these tests.
  it('that failed makes kill() return false', async () => {
    const child = ours.spawn('/no/such/program');
    const before = [child.kill(), child.kill(0), child.killed, child.pid];
    emits('ENOENT')(await outcomeOf(() => child));
    expect([...before, child.kill()]).to.deep.equal([false, false, false, undefined, false]);
  });
});
