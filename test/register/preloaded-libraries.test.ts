// Beside libraries of LD_PRELOAD, some of which want to see all that is started.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { helper } from '../support/paths.js';
import { tempPath } from '../support/temp.js';
import type { Way } from './ways.js';
import { ask, byFlag } from './ways.js';

interface Answer {
  /** Through the engine: spawn, spawnSync, exec; and posixSpawnSync, always. */
  readonly through: readonly boolean[];
  readonly execHook: string | null;
  readonly childProcess: { readonly backend: string; readonly reason: string | null };
  /** Paths that the library saw. */
  readonly seen: readonly string[];
}

async function beside(library: string, env: NodeJS.ProcessEnv = {}, way: Way = byFlag): Promise<Answer> {
  const log = tempPath('exec-log');
  const answer = await ask<Answer>(way, 'preloaded-library', null, {
    env: { LD_PRELOAD: library, EXEC_LOG: log, FORKLESS_IGNORE_PRELOAD: undefined, ...env },
  });
  const seen = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
  return { ...answer, seen };
}

/** Which Node starts by posix_spawn, which by fork and exec, is seen by what a library that replaces both has noted. */
const STARTS = ['/bin/true', '/bin/true', '/bin/sh'];

describe('forkless/register in a process with a library of LD_PRELOAD', () => {
  it('that has replaced execve and its family leaves all to Node: the library sees each start', async () => {
    const { through, execHook, childProcess, seen } = await beside(helper('exec-hook.so'));
    expect(seen.filter((path) => STARTS.includes(path))).to.deep.equal(STARTS);
    expect({ through, execHook }).to.deep.equal({
      through: [false, false, false, true],
      execHook: helper('exec-hook.so'),
    });
    expect(childProcess.backend).to.equal('node');
    expect(childProcess.reason).to.match(/exec-hook\.so has replaced execve .*FORKLESS_IGNORE_PRELOAD=1/);
  });

  it('starts by the engine all the same with FORKLESS_IGNORE_PRELOAD=1, which the library does not see', async () => {
    const answer = await beside(helper('exec-hook.so'), { FORKLESS_IGNORE_PRELOAD: '1' });
    expect(answer).to.deep.equal({
      through: [true, true, true, true],
      execHook: helper('exec-hook.so'),
      childProcess: { backend: 'forkless', reason: null },
      seen: [],
    });
    for (const other of ['', '0', 'no'])
      expect((await beside(helper('exec-hook.so'), { FORKLESS_IGNORE_PRELOAD: other })).through[0]).to.equal(
        false,
      );
  });

  it('that has replaced posix_spawn alone leaves all to Node', async () => {
    const { through, execHook, childProcess } = await beside(helper('spawn-hook.so'));
    expect({ through, execHook, backend: childProcess.backend }).to.deep.equal({
      through: [false, false, false, true],
      execHook: helper('spawn-hook.so'),
      backend: 'node',
    });
  });

  it('is found among several, and after the program has changed its environment', async () => {
    const way = {
      ...byFlag,
      options: {
        ...byFlag.options,
        nodeArgs: [
          '--import',
          'data:text/javascript,delete process.env.LD_PRELOAD',
          '--import',
          'forkless/register',
        ],
      },
    };
    const { through } = await beside(`${helper('other-hook.so')}:${helper('exec-hook.so')}`, {}, way);
    expect(through).to.deep.equal([false, false, false, true]);
  });

  for (const [what, library] of [
    ['replaces other functions', () => helper('other-hook.so')],
    ['is a sanitizer’s', () => sanitizer()],
  ] as const)
    it(`that ${what} keeps the engine`, async function () {
      const path = library();
      if (path === undefined) return this.skip();
      const answer = await beside(path, { ASAN_OPTIONS: 'detect_leaks=0:verify_asan_link_order=0' });
      expect(answer).to.deep.include({
        through: [true, true, true, true],
        execHook: null,
        childProcess: { backend: 'forkless', reason: null },
      });
    });

  it('gives no warning: such a library is preloaded into every program', () => {
    const { stderr, stdout } = spawnSync(process.execPath, ['--import', 'forkless/register', '-p', '1'], {
      encoding: 'utf8',
      env: { ...process.env, LD_PRELOAD: helper('exec-hook.so') },
    });
    expect([stdout, stderr]).to.deep.equal(['1\n', '']);
  });
});

/** That replaces posix_spawn, to look at its arguments, and the functions of strings. */
function sanitizer(): string | undefined {
  try {
    const path = execFileSync('gcc', ['-print-file-name=libasan.so'], { encoding: 'utf8' }).trim();
    return path.startsWith('/') ? path : undefined;
  } catch {
    return undefined;
  }
}
