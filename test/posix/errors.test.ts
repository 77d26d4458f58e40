import { spawnSync } from 'node:child_process';
import { closeSync, copyFileSync, mkdirSync, openSync } from 'node:fs';
import { constants, getPriority } from 'node:os';
import { expect } from 'chai';
import { posixSpawn, SpawnError } from 'forkless';
import { meddle } from '../support/meddle.js';
import { probeArgv, probePath } from '../support/probe.js';
import { childrenOf, openDescriptors } from '../support/proc.js';
import { doors, failureOf, makeFile } from '../support/starts.js';
import { tempPath } from '../support/temp.js';
import type { ErrnoName, FailingStep } from './errors-steps.js';
import { failingSteps, makeLinkToItself } from './errors-steps.js';

function errnoOf(code: ErrnoName): number {
  return -(code === 'ENOEXEC' ? 8 : constants.errno[code]);
}

function makeFolder(): string {
  const path = tempPath('folder');
  mkdirSync(path);
  return path;
}

const programs: readonly (readonly [what: string, code: ErrnoName, make: () => string])[] = [
  ['a program that is not there', 'ENOENT', () => tempPath('missing')],
  ['an empty name', 'ENOENT', () => ''],
  ['a file that nobody may execute', 'EACCES', () => makeFile('#!/bin/sh\n', 0o644)],
  ['a directory', 'EACCES', makeFolder],
  ['a text that is no script', 'ENOEXEC', () => makeFile('exit 0\n')],
  ['an empty file', 'ENOEXEC', () => makeFile('')],
  ['a link to itself', 'ELOOP', makeLinkToItself],
  ['a path through a file', 'ENOTDIR', () => `${probePath}/program`],
  ['a script whose interpreter is missing', 'ENOENT', () => makeFile('#!/no/such/interpreter\n')],
  ['a script whose interpreter is a directory', 'EACCES', () => makeFile('#!/\n')],
  ['a name of 256 characters', 'ENAMETOOLONG', () => `/${'x'.repeat(256)}`],
  ['a path of 5,000 characters', 'ENAMETOOLONG', () => '/x'.repeat(2500)],
];

for (const [name, start] of doors) {
  describe(`the error of ${name}`, () => {
    for (const [what, code, make] of programs) {
      it(`is ${code} of execve for ${what}`, async () => {
        const path = make();
        const error = await failureOf(() => start(path, ['zero', 'one', 'two']));
        expect(error).to.be.an.instanceOf(SpawnError).and.an.instanceOf(Error);
        expect(error.name).to.equal('SpawnError');
        expect({ ...error }).to.deep.equal({
          code,
          errno: errnoOf(code),
          syscall: 'execve',
          path,
          spawnargs: ['one', 'two'],
          step: 'execve',
        });
        expect(error.message).to.match(/^[A-Z]+: [a-z ]+, execve '.*' \(step (\d+) of \1\)$/);
        expect(error.message.startsWith(`${code}: `)).to.equal(true);
        expect(error.message).to.include(`'${path}'`);
      });
    }

    for (const { what, options, code, step, syscall, where = {} } of failingSteps) {
      it(`is ${code} of the step ${step} when ${what}`, async () => {
        // The program is missing too: the first failure counts.
        const error = await failureOf(() => start('/no/such/program', ['zero', 'one'], options()));
        expect({ ...error }).to.deep.equal({
          code,
          errno: errnoOf(code),
          syscall,
          spawnargs: ['one'],
          step,
          ...where,
        });
        expect(error.message).to.match(new RegExp(`^${code}: .+, ${step}.* \\(step \\d+ of \\d+\\)$`));
      });
    }

    it('is ETXTBSY for a program that is open for writing, where the kernel refuses such', async () => {
      const path = tempPath('program');
      copyFileSync(probePath, path);
      const fd = openSync(path, 'r+');
      try {
        // Linux 6.11 and 6.12 run such a program.
        const { error: expected } = spawnSync(path, probeArgv('exit', 0).slice(1));
        if (expected === undefined) return;
        const error = await failureOf(() => start(path, probeArgv('exit', 0)));
        expect(error).to.include({ code: 'ETXTBSY', syscall: 'execve', step: 'execve', path });
      } finally {
        closeSync(fd);
      }
    });

    it('shows names that are not UTF-8 as text, and fails all the same', async () => {
      const bytes = Uint8Array.from([0x2f, 0xff, 0x2f, 0x78]);
      const error = await failureOf(() => start(bytes, [bytes, bytes]));
      expect(error).to.include({ code: 'ENOENT', step: 'execve', path: '/\ufffd/x' });
      expect(error.spawnargs).to.deep.equal(['/\ufffd/x']);
    });
  });
}

describe('failed starts', () => {
  it('leave nothing behind, 500 times', async () => {
    const before = { descriptors: openDescriptors(), mask: meddle.getMask(), priority: getPriority() };
    const failures: Promise<SpawnError>[] = [];
    for (let index = 0; index < 500; index++) {
      const { options, code } = failingSteps[index % failingSteps.length] as FailingStep;
      failures.push(
        failureOf(() => posixSpawn(probePath, probeArgv('exit', 0), options())).then((error) => {
          expect(error.code).to.equal(code);
          return error;
        }),
      );
      if (failures.length % 25 === 0) await Promise.all(failures);
    }
    expect(await Promise.all(failures)).to.have.length(500);
    expect(childrenOf()).to.deep.equal([]);
    expect({ descriptors: openDescriptors(), mask: meddle.getMask(), priority: getPriority() }).to.deep.equal(
      before,
    );
  });
});
