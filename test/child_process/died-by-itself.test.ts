import { expect } from 'chai';
import { runProgram } from '../support/program.js';

describe('a child that ends by itself before exec, and cannot say why', () => {
  const cause = ['SpawnError', 'ERR_CHILD_DIED', 127, 'execve'];
  const error = { code: 'EPROTO', errno: -71, cause };

  it('makes the synchronous functions fail with EPROTO instead of returning an exit code', async () => {
    const seen = await runProgram<{
      result: object;
      error: object;
      thrown: object;
      left: object;
    }>(import.meta.url, 'died-sync');
    expect(seen.result).to.include({ status: null, signal: null, output: null, pid: 0 });
    expect(seen.error).to.deep.equal({ ...error, syscall: 'spawnSync /bin/true', path: '/bin/true' });
    expect(seen.thrown).to.deep.include(error);
    expect(seen.left).to.deep.equal([0, 0]);
  });

  it('makes the other functions throw EPROTO', async () => {
    const seen = await runProgram(import.meta.url, 'died-async');
    expect(seen).to.deep.equal(Array(2).fill({ ...error, syscall: 'spawn' }));
  });

  it('is reported with the step it was in', async () => {
    const seen = await runProgram(import.meta.url, 'died-in-step');
    expect(seen).to.equal('open');
  });

  // Nobody can tell it from one that was killed right after: so it is an end, as in Node.
  it('has ended by a signal, where one killed it', async () => {
    const seen = await runProgram(import.meta.url, 'died-killed');
    expect(seen).to.deep.equal({
      error: true,
      status: null,
      signal: 'SIGSYS',
      pid: true,
      end: [null, 'SIGSYS'],
    });
  });
});
