// What ours do and Node does not: descriptors.
import { closeSync, openSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { FileActions } from 'forkless';
import { spawnSync } from 'forkless/child_process';
import { fdRun } from '../support/launchers.js';
import { meddle } from '../support/meddle.js';
import { openDescriptors, reservedNumbers } from '../support/proc.js';
import { tempPath } from '../support/temp.js';
import { probeReport } from './child-report.js';
import { closed, emits, ends, outcomeOf, throws } from './event-log.js';
import { nodes, ours, runDoorProgram, runScript } from './oracle.js';

/** The numbers that a child has open, in a parent that was started with 20 to 24 inheritable. */
async function survivors(door: typeof ours, options: string, before = ''): Promise<number[]> {
  const { stdout } = await runScript(
    door,
    `${before} const child = cp.spawn('/bin/sh', ['-c', 'cd /proc/self/fd; echo *'], ${options});
     for await (const text of child.stdout) process.stdout.write(text);`,
    { launcher: fdRun('20-24') },
  );
  // 3 is the shell's own, which reads the directory
  return stdout
    .trim()
    .split(' ')
    .map(Number)
    .filter((fd) => fd !== 3)
    .sort((a, b) => a - b);
}

describe('a descriptor that stdio does not name', () => {
  it('does not survive, where with Node it does', async () => {
    expect(await survivors(ours, '{}')).to.deep.equal([0, 1, 2]);
    expect(await survivors(nodes, '{}')).to.include.members([20, 24]);
  });
  it('does not survive in exec, execFile and fork either', async () => {
    for (const start of [
      "cp.exec('cd /proc/self/fd; echo *', (error, stdout) => console.log(stdout))",
      "cp.execFile('/bin/sh', ['-c', 'cd /proc/self/fd; echo *'], (error, stdout) => console.log(stdout))",
      "cp.fork('x', { execPath: '/bin/sh', execArgv: ['-c', 'cd /proc/self/fd; echo *'] })",
    ]) {
      const { stdout } = await runScript(ours, start, { launcher: fdRun('20-24') });
      expect(stdout.trim()).to.match(/^0 1 2( 3)?( \d)?$/);
    }
  });
  it('survives when inheritFds names it, and no other', async () => {
    expect(await survivors(ours, '{ inheritFds: [21, 23] }')).to.deep.equal([0, 1, 2, 21, 23]);
    expect(await survivors(ours, '{ inheritFds: [] }')).to.deep.equal([0, 1, 2]);
    expect(await survivors(ours, '{ inheritFds: undefined }')).to.deep.equal([0, 1, 2]);
  });
  it("survives with inheritFds 'all', as with Node", async () => {
    expect(await survivors(ours, "{ inheritFds: 'all' }")).to.deep.equal(await survivors(nodes, '{}'));
  });
  it('survives by inheritFds though it is close-on-exec here', async () => {
    const fd = openSync('/dev/null', 'r');
    const report = await probeReport(ours, { stdio: 'ignore', inheritFds: [fd] });
    closeSync(fd);
    expect(report.fds.map((descriptor) => descriptor.fd)).to.deep.equal([0, 1, 2, fd]);
  });
  it('may be named by inheritFds from the number behind stdio on, which is at least 3', async () => {
    const { stdout } = await runDoorProgram(ours, 'inherit-fds-numbers', { launcher: fdRun('3', '20') });
    const refused = 'ERR_INVALID_ARG_VALUE';
    expect(JSON.parse(stdout)).to.deep.equal([
      refused,
      0,
      refused,
      refused,
      refused,
      0,
      refused,
      0,
      refused,
      refused,
      0,
    ]);
  });
  it('that inheritFds names and that is closed is an error', async () => {
    const outcome = await outcomeOf(() => ours.spawn('/bin/true', { inheritFds: [987] }));
    throws('EBADF')(outcome);
  });
  for (const inheritFds of [5, 'none', {}, [1], [-1], ['4'], [1.5], [Number.NaN], true, null])
    it(`inheritFds ${JSON.stringify(inheritFds)} is refused`, async () => {
      expect(await outcomeOf(() => ours.spawn('/bin/true', { inheritFds })))
        .to.have.nested.property('thrown.code')
        .that.matches(/^ERR_(INVALID_ARG_(TYPE|VALUE)|OUT_OF_RANGE)$/);
    });
  it('beside stdio with many slots survives by its number', async () => {
    const fd = meddle.dup2(2, 77);
    const report = await probeReport(ours, { stdio: new Array(10).fill('ignore'), inheritFds: [77] });
    closeSync(fd);
    expect(report.fds.map((descriptor) => descriptor.fd)).to.deep.equal([0, 1, 2, 77]);
  });
});

describe('fileActions', () => {
  it('come after stdio and cwd', async () => {
    const path = tempPath('out');
    const child = ours.spawn('/bin/sh', ['-c', 'pwd; echo text'], {
      cwd: '/usr',
      stdio: 'ignore',
      fileActions: new FileActions().addOpen(1, path, 'w').addChdir('bin'),
    });
    await closed(child);
    expect(readFileSync(path, 'utf8')).to.match(/^\/usr\/bin\ntext\n$/);
  });
  it('find a closed number closed, although a pipe of stdio would get it', async () => {
    const taken = new Set([...openDescriptors().keys(), ...reservedNumbers()]);
    const free = Array.from({ length: 400 }, (_, fd) => fd).filter((fd) => !taken.has(fd));
    for (const fd of free.slice(0, 8)) {
      const fileActions = new FileActions().addDup2(fd, 1);
      throws('EBADF')(await outcomeOf(() => ours.spawn('/bin/true', { fileActions })));
      throws('EBADF')(await outcomeOf(() => ours.spawn('/bin/true', { inheritFds: [fd] })));
      expect(spawnSync('/bin/true', [], { fileActions } as object).error).to.include({ code: 'EBADF' });
    }
  });
  it('open files in the child alone', async () => {
    const outcome = await outcomeOf(() =>
      ours.spawn('/bin/sh', ['-c', 'readlink /proc/self/fd/7'], {
        fileActions: new FileActions().addOpen(7, '/etc/passwd', 'r'),
      }),
    );
    ends(0, '/etc/passwd\n')(outcome);
  });
  it('that fail name the step', async () => {
    const fileActions = new FileActions().addChdir('/').addOpen(5, '/no/such/file', 'r');
    const found = await errorOf(() => ours.spawn('/bin/true', { fileActions }));
    expect(found).to.include({ code: 'ENOENT', message: 'spawn /bin/true ENOENT' });
    expect(found.cause).to.include({ step: 'open', actionIndex: 1, path: '/no/such/file', code: 'ENOENT' });
    emits('ENOENT')(await outcomeOf(() => ours.spawn('/bin/true', { fileActions })));
  });
  for (const fileActions of [{}, [], 'x', 5, null])
    it(`given as ${JSON.stringify(fileActions)} are refused`, async () => {
      throws('ERR_INVALID_ARG_TYPE')(await outcomeOf(() => ours.spawn('/bin/true', { fileActions })));
    });
});

async function errorOf(start: () => ReturnType<typeof ours.spawn>): Promise<Error> {
  const child = start();
  const found = new Promise<Error>((resolve) => child.once('error', resolve));
  await closed(child);
  return found;
}
