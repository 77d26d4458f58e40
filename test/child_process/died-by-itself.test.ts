import { expect } from 'chai';
import { runNodeForValue } from '../support/run-node.js';

// The report pipe moves above the highest number that is named: a filter forbids the report, the rest may write.
const prelude = `
  import { FileActions } from 'forkless';
  import { exec, execFile, execFileSync, spawn, spawnSync } from 'forkless/child_process';
  const fileActions = new FileActions().addClose(200);
  const options = { fileActions, timeout: 5000 };
  spawnSync('/bin/true', options);
  const before = openDescriptors().size;
  const told = ({ code, errno, syscall, path, cause }) =>
    ({ code, errno, syscall, path, cause: [cause.name, cause.code, cause.exitCode, cause.step] });
  const thrown = (run) => { try { run(); return 'nothing thrown'; } catch (error) { return told(error); } };
`;

describe('a child that ends by itself before exec, and cannot say why', () => {
  const cause = ['SpawnError', 'ERR_CHILD_DIED', 127, 'execve'];
  const error = { code: 'EPROTO', errno: -71, cause };

  it('is a failed start with EPROTO in the synchronous functions, never an exit code', async () => {
    const seen = await runNodeForValue<{
      result: object;
      error: object;
      thrown: object;
      left: object;
    }>(`${prelude}
      meddle.installSeccomp('execve=EACCES write:200=EPERM', false);
      const { error, ...result } = spawnSync('/bin/true', ['x'], options);
      say({
        result,
        error: told(error),
        thrown: thrown(() => execFileSync('/bin/true', ['x'], options)),
        left: [childrenOf().length, openDescriptors().size - before],
      });`);
    expect(seen.result).to.include({ status: null, signal: null, output: null, pid: 0 });
    expect(seen.error).to.deep.equal({ ...error, syscall: 'spawnSync /bin/true', path: '/bin/true' });
    expect(seen.thrown).to.deep.include(error);
    expect(seen.left).to.deep.equal([0, 0]);
  });

  it('is a start that throws EPROTO in the others, as every errno that is no event', async () => {
    const seen = await runNodeForValue(`${prelude}
      await new Promise((resolve) => execFile('/bin/true', resolve));
      const open = openDescriptors().size;
      meddle.installSeccomp('execve=EACCES write:200=EPERM', false);
      const all = [spawn, execFile].map((start) => thrown(() => start('/bin/true', ['x'], options)));
      await until('nothing is left', () => childrenOf().length === 0 && openDescriptors().size === open);
      say(all);`);
    expect(seen).to.deep.equal(Array(2).fill({ ...error, syscall: 'spawn' }));
  });

  it('says the step it was in', async () => {
    const seen = await runNodeForValue(`${prelude}
      meddle.installSeccomp('write:200=EPERM', false);
      say(spawnSync('/bin/true', { fileActions: new FileActions().addClose(200).addOpen(7, '/no/such', 'r') }).error.cause.step);`);
    expect(seen).to.equal('open');
  });

  // Nobody can tell it from one that was killed right after: so it is an end, as in Node.
  it('is one that has ended where a signal killed it', async () => {
    const seen = await runNodeForValue(`${prelude}
      meddle.installSeccomp('execve=KILL', false);
      const { error, status, signal } = spawnSync('/bin/true', options);
      const child = spawn('/bin/true', options);
      const end = await new Promise((resolve) => child.on('exit', (...end) => resolve(end)).on('error', resolve));
      say({ error: error === undefined, status, signal, pid: child.pid > 0, end });`);
    expect(seen).to.deep.equal({
      error: true,
      status: null,
      signal: 'SIGSYS',
      pid: true,
      end: [null, 'SIGSYS'],
    });
  });
});
