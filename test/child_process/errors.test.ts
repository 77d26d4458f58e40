import { mkdirSync, symlinkSync } from 'node:fs';
import { expect } from 'chai';
import { makeFile } from '../support/starts.js';
import { tempPath } from '../support/temp.js';
import { runScript, same, sameScript, sameWithoutFormat } from './oracle.js';
import { emits, ends, expectStory, outcomeOf, throws } from './story.js';

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

describe('a program that cannot be started', () => {
  same(
    'is missing',
    (cp) => outcomeOf(() => cp.spawn('/no/such/program', ['a', 'b'])),
    (outcome) => {
      emits('ENOENT')(outcome);
      const { happenings, first } = expectStory(outcome);
      expect(first).to.include({ hasPid: false, spawnfile: '/no/such/program' });
      expect(happenings[0]?.args[0]).to.deep.include({
        message: 'spawn /no/such/program ENOENT',
        ownKeys: ['errno', 'code', 'syscall', 'path', 'spawnargs'],
      });
      expect(happenings[1]?.args).to.deep.equal([-2, null]);
    },
  );
  same('may not be executed', (cp) => outcomeOf(() => cp.spawn(plain)), emits('EACCES'));
  same('is a directory', (cp) => outcomeOf(() => cp.spawn(folder)), emits('EACCES'));
  same(
    'stands below a file',
    (cp) => outcomeOf(() => cp.spawn(`${plain}/program`)),
    throws('ENOTDIR', /^spawn ENOTDIR$/),
  );
  same('is a circle of links', (cp) => outcomeOf(() => cp.spawn(loop)), throws('ELOOP'));
  same(
    'has a name that is too long',
    (cp) => outcomeOf(() => cp.spawn(`/${'a'.repeat(5000)}`)),
    throws('ENAMETOOLONG'),
  );
  same(
    'has a part of its name that is too long',
    (cp) => outcomeOf(() => cp.spawn(`/${'a'.repeat(300)}`)),
    throws('ENAMETOOLONG'),
  );
  same(
    'has a name in PATH that is too long',
    (cp) => outcomeOf(() => cp.spawn('a'.repeat(300))),
    (outcome) => {
      expect(outcome).to.be.an('object');
    },
  );
  same(
    'has an interpreter that is missing',
    (cp) => outcomeOf(() => cp.spawn(noInterpreter)),
    emits('ENOENT'),
  );
  same(
    'has a directory for its interpreter',
    (cp) => outcomeOf(() => cp.spawn(folderInterpreter)),
    emits('EACCES'),
  );
  sameWithoutFormat(
    'has an interpreter that is too long',
    (cp) => outcomeOf(() => cp.spawn(longInterpreter)),
    (outcome) => {
      expect(outcome).to.be.an('object');
    },
  );
  sameWithoutFormat(
    'is a broken ELF file',
    (cp) => outcomeOf(() => cp.spawn(garbage)),
    (outcome) => {
      expect(outcome).to.be.an('object');
    },
  );
  same(
    'gets more than there may be',
    (cp) => outcomeOf(() => cp.spawn('/bin/true', ['a'.repeat(200_000)])),
    throws('E2BIG', /^spawn E2BIG$/),
  );
  same(
    'gets more altogether than there may be',
    (cp) => outcomeOf(() => cp.spawn('/bin/true', new Array(40).fill('a'.repeat(100_000)))),
    throws('E2BIG'),
  );
  same(
    'gets more environment than there may be',
    (cp) => outcomeOf(() => cp.spawn('/bin/true', { env: { A: 'a'.repeat(200_000) } })),
    throws('E2BIG'),
  );
  same(
    'gets as much as there may be',
    (cp) => outcomeOf(() => cp.spawn('/bin/sh', ['-c', 'printf %s "$1" | wc -c', 'sh', 'a'.repeat(131_071)])),
    ends(0, '131071\n'),
  );

  describe('and is no failure without #!', () => {
    sameWithoutFormat(
      'a text is run by /bin/sh, with its arguments',
      (cp) => outcomeOf(() => cp.spawn(script, ['one', 'two  three', ''])),
      ends(0, `run by ${script} with 3: one two  three \n`),
    );
    sameWithoutFormat(
      'an empty file is run by /bin/sh',
      (cp) => outcomeOf(() => cp.spawn(empty)),
      ends(0, ''),
    );
    sameWithoutFormat(
      'a text that is found in PATH is run by /bin/sh',
      (cp) =>
        outcomeOf(() =>
          cp.spawn(script.slice(script.lastIndexOf('/') + 1), ['a'], {
            env: { PATH: script.slice(0, script.lastIndexOf('/')) },
          }),
        ),
      ends(0, `run by ${script} with 1: a\n`),
    );
    sameWithoutFormat(
      'argv0 is lost on the way',
      (cp) => outcomeOf(() => cp.spawn(script, ['a'], { argv0: 'other' })),
      ends(0, `run by ${script} with 1: a\n`),
    );
    sameWithoutFormat(
      'a relative one is found from cwd',
      (cp) =>
        outcomeOf(() =>
          cp.spawn(`.${script.slice(script.lastIndexOf('/'))}`, {
            cwd: script.slice(0, script.lastIndexOf('/')),
          }),
        ),
      (outcome) => expect(expectStory(outcome).stdout).to.match(/^run by \.\//),
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
      `has 'close' after 'error' with stdio ${JSON.stringify(stdio)}`,
      (cp) => outcomeOf(() => cp.spawn('/no/such/program', { stdio })),
      (outcome) =>
        expect(expectStory(outcome).happenings.at(-1)).to.deep.include({ event: 'close', args: [-2, null] }),
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
      `is missing, with ${what}`,
      (cp) => outcomeOf(() => cp.spawn('/no/such/program', ['a'], options)),
      emits('ENOENT'),
    );

  sameScript(
    'throws the error of the event when nobody listens',
    `process.on('uncaughtException', (error, origin) => console.log(origin, error.message, error.code, error.syscall, error.path, error.spawnargs, Object.keys(error)));
     cp.spawn('/no/such/program', ['a']);`,
    ({ stdout, code }) => {
      expect(code).to.equal(0);
      expect(stdout).to.match(/^uncaughtException spawn \/no\/such\/program ENOENT ENOENT spawn \/no/);
    },
  );
  same(
    'ends the parent when nobody catches',
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
    'may be followed by one that can, at once',
    async (cp) => [await outcomeOf(() => cp.spawn('/no/such')), await outcomeOf(() => cp.spawn('/bin/true'))],
    ([first, second]) => {
      if (first) emits('ENOENT')(first);
      if (second) ends(0)(second);
    },
  );

  same(
    'can be killed by nobody',
    async (cp) => {
      const child = cp.spawn('/no/such/program');
      const before = [child.kill(), child.kill(0), child.killed, child.pid];
      const outcome = await outcomeOf(() => child);
      return [before, child.kill(), outcome];
    },
    ([before]) => expect(before).to.deep.equal([false, false, false, undefined]),
  );
});
