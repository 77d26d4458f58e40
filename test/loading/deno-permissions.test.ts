import { expect } from 'chai';
import { INSTALL_TIMEOUT } from '../support/installed.js';
import { consumer } from './packed.js';
import { leaveOut, programAt, run } from './programs.js';
import { environmentOf, runtimes } from './runtimes.js';

describe('Deno with few permissions', function () {
  this.timeout(60_000);
  let deno: string | undefined;
  const needed = ['--allow-ffi', '--allow-read', '--allow-env'];
  const childProcess = { backend: 'node', reason: 'Deno has its own child_process' };

  before(function () {
    this.timeout(INSTALL_TIMEOUT);
    deno = programAt('deno');
    if (deno === undefined) leaveOut(this, 'deno', null);
  });

  it('starts processes with --allow-ffi, --allow-read and --allow-env', async () => {
    expect(await ask(needed)).to.deep.equal({
      backend: 'clone',
      reason: null,
      childProcess,
      spawn: 'function',
      outcome: 3,
    });
  });

  it('imports the package with none, and says at the first start which one is missing', async () => {
    const { reason, outcome, ...rest } = await ask([]);
    expect(rest).to.deep.equal({ backend: null, childProcess, spawn: 'function' });
    expect(reason).to.match(
      /Requires \w+ access .*; Deno needs --allow-ffi, --allow-read and --allow-env for it$/,
    );
    expect(outcome).to.match(/Requires \w+ access.* run again with the --allow-\w+ flag/);
  });

  for (const flag of needed)
    it(`names ${flag} where it is missing`, async () => {
      const { reason, outcome } = await ask(needed.filter((other) => other !== flag));
      expect(reason).to.include(`run again with the ${flag} flag`);
      expect(outcome).to.include(`run again with the ${flag} flag`);
    });

  async function ask(flags: readonly string[]): Promise<Record<string, unknown>> {
    const cwd = await consumer();
    const runtime = runtimes.find(({ name }) => name === 'deno');
    const env = runtime === undefined ? {} : environmentOf(runtime);
    const { stdout } = await run([deno ?? '', 'run', ...flags, 'programs/permitted.js'], { cwd, env });
    return JSON.parse(stdout);
  }
});
