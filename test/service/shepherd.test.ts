// Of GNU Shepherd's exec-command what is an option of the doors already: docs/service.md has the table.
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import type { PosixSpawnOptions } from 'forkless';
import { posixSpawn } from 'forkless';
import type { MoreOptions } from 'forkless/child_process';
import { spawnSync } from 'forkless/child_process';
import type { Service } from 'forkless/service';
import { posixOptions, spawnOptions } from 'forkless/service';
import { blocksOf, read } from '../docs/markdown.js';
import { tempPath } from '../support/temp.js';

type Run = (
  command: string,
  service: Service &
    MoreOptions & { cwd?: string; env?: Record<string, string>; fds?: readonly (number | null)[] },
) => Promise<void>;

const ways: readonly (readonly [name: string, run: Run])[] = [
  [
    'posixSpawn',
    async (command, service) => {
      const options: PosixSpawnOptions = posixOptions(service);
      expect((await (await posixSpawn('/bin/sh', ['sh', '-c', command], options)).exited).code).to.equal(0);
    },
  ],
  [
    'spawnSync',
    async (command, { fds, ...service }) => {
      const stdio = fds?.map((fd) => fd ?? 'ignore');
      const options = spawnOptions({ ...service, ...(stdio && { stdio }) });
      expect(spawnSync('/bin/sh', ['-c', command], options)).to.include({ status: 0 });
    },
  ],
];

for (const [name, run] of ways)
  describe(`a service of Shepherd's started by ${name}`, () => {
    async function logged(command: string, service: Parameters<Run>[1]): Promise<string> {
      const logFile = tempPath('log');
      await run(command, { logFile, ...service });
      return readFileSync(logFile, 'utf8');
    }

    it('writes to the log port', async () => {
      const file = tempPath('port');
      const fd = openSync(file, 'a');
      await run('echo out; echo err >&2', { fds: [null, fd, fd] });
      closeSync(fd);
      expect(readFileSync(file, 'utf8')).to.equal('out\nerr\n');
    });

    it('reads from the input port', async () => {
      const file = tempPath('input');
      writeFileSync(file, 'what it reads\n');
      const fd = openSync(file, 'r');
      expect(await logged('cat', { fds: [fd] })).to.equal('what it reads\n');
      closeSync(fd);
    });

    it('has the extra ports from 3 on, and no others', async () => {
      const file = tempPath('extra');
      const fd = openSync(file, 'a');
      await run('echo three >&3; echo four >&4; test ! -e /proc/$$/fd/5', {
        fds: [null, null, null, fd, fd],
      });
      closeSync(fd);
      expect(readFileSync(file, 'utf8')).to.equal('three\nfour\n');
    });

    it('runs in the directory', async () => {
      const cwd = tempPath('directory');
      mkdirSync(cwd);
      expect(await logged('pwd', { cwd })).to.equal(`${cwd}\n`);
    });

    it('has the environment variables, and no others', async () => {
      expect(
        await logged('/usr/bin/env | grep -v "^PWD=\\|^_=\\|^SHLVL=" | sort', { env: { A: 'b', C: 'd e' } }),
      ).to.equal('A=b\nC=d e\n');
    });

    it('has the file creation mask', async () => {
      expect(await logged('umask', { umask: 0o37 })).to.equal('0037\n');
    });

    it('has the resource limits', async () => {
      expect(
        await logged('ulimit -Sn; ulimit -Hn', { rlimits: { nofile: { soft: 60, hard: 70 } } }),
      ).to.equal('60\n70\n');
    });

    it('leads a session of its own', async () => {
      const command = 'cut -d " " -f 6 /proc/$$/stat; echo $$';
      const [session, pid] = (await logged(command, { setsid: true })).split('\n');
      expect(session).to.equal(pid);
      const [parents, own] = (await logged(command, {})).split('\n');
      expect(parents).to.not.equal(own);
    });
  });

describe('the table of exec-command in docs/service.md', () => {
  it('names tests that there are', () => {
    const page = read('docs/service.md');
    expect(blocksOf(page)).to.have.length.above(3);
    const rows = Array.from(page.matchAll(/^\| .* \| service\/(\w+): (.*) \|$/gm), ([, file, title]) => [
      file,
      title,
    ]);
    expect(rows).to.have.length.above(10);
    for (const [file, title = ''] of rows)
      expect(read(`test/service/${file}.test.ts`), title).to.include(title.replace(/ …$/, ''));
  });
});
