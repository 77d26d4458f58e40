import { expect } from 'chai';
import type { DropIn } from '#lib/drop-in.js';
import { at } from '../support/paths.js';
import type { ProgramOptions } from '../support/program.js';
import { runProgramToEnd } from '../support/program.js';

interface Said extends DropIn {
  /** Nothing in the program was replaced. */
  readonly same: boolean;
  readonly output: string;
}

async function register(options: ProgramOptions, starts = false): Promise<{ said: Said; stderr: string }> {
  const env = { FORKLESS_PROPAGATE: '1', NODE_OPTIONS: undefined, ...options.env };
  const { stdout, stderr } = await runProgramToEnd(import.meta.url, 'replaces', starts, { ...options, env });
  if (stdout === '') throw new Error(stderr);
  return { said: JSON.parse(stdout), stderr };
}

describe('forkless/register where the engine cannot be used', () => {
  it('replaces nothing and says nothing on another platform', async () => {
    const { said, stderr } = await register({
      nodeArgs: ['--require', at('test/register/elsewhere.cjs')],
    });
    expect(said).to.deep.equal({
      same: true,
      output: '',
      backend: 'node',
      reason: 'it needs Linux, this is darwin',
    });
    expect(stderr).to.equal('');
  });

  it('replaces nothing and says nothing under the permission model', async () => {
    const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
    const flag =
      major > 23 || (major === 22 && minor >= 13) || major === 23
        ? '--permission'
        : '--experimental-permission';
    const { said, stderr } = await register({
      nodeArgs: [flag, '--allow-fs-read=*', '--allow-child-process', '--allow-addons', '--no-warnings'],
    });
    expect(said).to.include({ same: true, backend: 'node' });
    expect(said.reason).to.include('permission');
    expect(stderr).to.equal('');
  });

  it('leaves the work to Node’s functions, with one warning, where the engine should work and does not', async () => {
    const { said, stderr } = await register({ env: { FORKLESS_RUNG: '9' } }, true);
    expect(said).to.include({ same: false, backend: 'node', output: 'hi\n' });
    expect(said.reason).to.include('FORKLESS_RUNG');
    expect(stderr.match(/ForklessWarning/g)).to.have.length(1);
  });
});
