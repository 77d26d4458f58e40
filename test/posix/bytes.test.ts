import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect } from 'chai';
import type { Bytes, PosixSpawnOptions } from 'forkless';
import { FileActions, posixSpawn, posixSpawnpSync, posixSpawnSync } from 'forkless';
import type { ProbeReport } from '../support/probe.js';
import { bytesOf, probeArgv, probePath } from '../support/probe.js';
import { doors, endOf, failureOf } from '../support/starts.js';

// Names that no string can spell: neither of them is UTF-8.
const NAME = Buffer.from([0x6e, 0xff, 0xfe, 0x80]);
const OTHER = Buffer.from([0xc3, 0x28]);

describe('names that are bytes', () => {
  let folder: string;
  let strange: Buffer;
  let program: Buffer;

  before(() => {
    folder = mkdtempSync(`${tmpdir()}/forkless-bytes-`);
    strange = Buffer.concat([Buffer.from(`${folder}/`), NAME]);
    program = Buffer.concat([strange, Buffer.from('/'), OTHER]);
    mkdirSync(strange);
    copyFileSync(probePath, program);
    writeFileSync(Buffer.concat([strange, Buffer.from('/file')]), '');
  });

  after(() => rmSync(folder, { recursive: true }));

  async function ask(
    path: Bytes,
    options: PosixSpawnOptions,
    more: readonly Bytes[] = [],
    start: (typeof doors)[number][1] = posixSpawn,
  ): Promise<ProbeReport> {
    const report = `${folder}/report`;
    const [argv0 = '', ...args] = probeArgv('report-to', report);
    const { code } = await endOf(() => start(path, [argv0, ...args, ...more], options));
    expect(code).to.equal(0);
    return JSON.parse(readFileSync(report, 'latin1'));
  }

  for (const [name, start] of doors)
    it(`are path, argv, env and cwd of ${name}, byte for byte`, async () => {
      const env = [Buffer.concat([NAME, Buffer.from('='), OTHER]), 'PLAIN=é', Buffer.from('no equals sign')];
      const seen = await ask(program, { cwd: strange, env }, [NAME, '', OTHER, 'é'], start);
      expect(bytesOf(seen.exe)).to.deep.equal(program);
      expect(bytesOf(seen.cwd)).to.deep.equal(strange);
      expect(seen.env.map(bytesOf)).to.deep.equal([env[0], Buffer.from('PLAIN=é'), env[2]]);
      expect(seen.argv.slice(3).map(bytesOf)).to.deep.equal([NAME, Buffer.alloc(0), OTHER, Buffer.from('é')]);
    });

  it('may be argv[0] too', async () => {
    const report = `${folder}/report`;
    const [, ...args] = probeArgv('report-to', report);
    await endOf(() => posixSpawn(probePath, [NAME, ...args]));
    expect(bytesOf(JSON.parse(readFileSync(report, 'latin1')).argv0)).to.deep.equal(NAME);
  });

  it('are paths of addOpen and addChdir', async () => {
    const file = Buffer.concat([strange, Buffer.from('/file')]);
    const fileActions = new FileActions().addOpen(5, file, 'r').addChdir(strange).addOpen(6, 'file', 'r');
    const seen = await ask(probePath, { fileActions, cloexecDefault: true });
    expect(seen.fds.map(({ fd, target }) => [fd, bytesOf(target)])).to.deep.equal([
      [5, file],
      [6, file],
    ]);
    expect(bytesOf(seen.cwd)).to.deep.equal(strange);
  });

  it('are relative paths of programs, and names that are searched in PATH', async () => {
    expect(
      bytesOf((await ask(Buffer.concat([Buffer.from('./'), OTHER]), { cwd: strange })).exe),
    ).to.deep.equal(program);
    const before = process.env['PATH'];
    process.env['PATH'] = `/nonexistent::${folder}`;
    try {
      // The empty element is the child's working directory.
      const seen = await ask(OTHER, { cwd: strange }, [], posixSpawnpSync);
      expect(bytesOf(seen.exe)).to.deep.equal(program);
    } finally {
      process.env['PATH'] = before;
    }
  });

  it('may be a part of a larger buffer, and change when the call is over', async () => {
    const around = Buffer.concat([Buffer.from('xx'), program, Buffer.from('yy')]);
    const path = new Uint8Array(around.buffer, around.byteOffset + 2, program.length);
    const report = `${folder}/report`;
    const started = posixSpawn(path, probeArgv('report-to', report));
    around.fill(0x78);
    expect((await (await started).exited).code).to.equal(0);
    expect(bytesOf(JSON.parse(readFileSync(report, 'latin1')).exe)).to.deep.equal(program);
  });

  it('that are missing give ENOENT, not the name that their text would be', async () => {
    writeFileSync(`${folder}/${NAME.toString()}-`, '');
    const missing = Buffer.concat([strange, Buffer.from('-')]);
    expect(await failureOf(() => posixSpawnSync(missing, ['x']))).to.include({
      code: 'ENOENT',
      step: 'execve',
    });
  });

  it('strings are sent as UTF-8, lone surrogates as the replacement character', async () => {
    const env = { ключ: 'значение', x: '\ud800' };
    const seen = await ask(probePath, { env }, ['\u{1f600}', 'a\udc00']);
    expect(seen.argv.slice(3).map(bytesOf)).to.deep.equal([Buffer.from('\u{1f600}'), Buffer.from('a\ufffd')]);
    expect(seen.env.map(bytesOf)).to.deep.equal([Buffer.from('ключ=значение'), Buffer.from('x=\ufffd')]);
  });
});
