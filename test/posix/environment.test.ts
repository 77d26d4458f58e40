import { expect } from 'chai';
import { posixSpawn } from 'forkless';
import { envRun } from '../support/launchers.js';
import { askProbe, textOf } from '../support/probe.js';
import type { ProgramOptions } from '../support/program.js';
import { programUrl, runProgram } from '../support/program.js';
import { runWorker } from '../support/run-worker.js';

async function refusal(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return 'not refused';
}

describe('the environment', () => {
  it('is this process’s own by default, as it is at the call', async () => {
    process.env['FORKLESS_TEST_VARIABLE'] = 'naïve = yes';
    try {
      const { env } = await askProbe();
      expect(env.map(textOf).sort()).to.deep.equal(
        Object.entries(process.env)
          .map(([key, value]) => `${key}=${value}`)
          .sort(),
      );
    } finally {
      delete process.env['FORKLESS_TEST_VARIABLE'];
    }
  });

  it('is copied as a whole, until there is a Worker that might change it meanwhile', async () => {
    const lines = await run<string[]>('explained');
    const [before, after, counted] = lines;
    expect(before).to.equal('env: this process’s');
    expect(after).to.equal(counted);
  });

  for (const [what, entry] of [
    ['a key twice', 'T_FIRST=2'],
    ['an entry without a key', '=T_KEYLESS'],
    ['an entry without "="', 'T_NONE'],
    ['a value that is no UTF-8', 'T_BYTES=%FFx'],
    ['a key that is no UTF-8', 'T_K%FFY=1'],
  ] as const)
    it(`with ${what} is what process.env says, before a Worker and after`, async () => {
      const launcher = envRun('T_FIRST=1', entry, 'T_LAST=ä');
      const [shown, ...seen] = await run<string[][]>('odd', { launcher });
      for (const env of seen) expect(env).to.deep.equal(shown);
      expect(shown).to.include.members(['T_FIRST=1', 'T_LAST=Ã¤']);
    });

  it('is what it is at the call, also after it was emptied and filled again', async () => {
    const seen = await run('emptied');
    expect(seen).to.deep.equal([true, 0, 1]);
  });

  it('may be changed all the time by a Worker that shares it', async () => {
    const codes = await run('shared');
    expect(codes).to.deep.equal([0]);
  });

  it('is read through a proxy that a program has put in the place of process.env', async () => {
    const before = process.env;
    process.env = new Proxy(before, {
      get: (env, key) => (key === 'FORKLESS_VIRTUAL' ? 'yes' : Reflect.get(env, key)),
      ownKeys: () => ['FORKLESS_VIRTUAL'],
      getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true, value: 'yes' }),
    });
    try {
      expect((await askProbe()).env).to.deep.equal(['FORKLESS_VIRTUAL=yes']);
    } finally {
      process.env = before;
    }
  });

  it('is read from another object that a program has put in the place of process.env', async () => {
    const before = process.env;
    process.env = { ONLY: 'this' };
    try {
      expect((await askProbe()).env).to.deep.equal(['ONLY=this']);
    } finally {
      process.env = before;
    }
  });

  it('of a Worker is its own', async () => {
    const workerData = { door: 'posixSpawn', env: { MINE: 'worker' } };
    const env = await runWorker<string[]>(programUrl(import.meta.url, 'environment-worker'), workerData);
    expect(env).to.deep.equal(['MINE=worker']);
  });

  it('is refused where a value of a Worker’s process.env holds a null byte', async () => {
    const codes = await runWorker(programUrl(import.meta.url, 'environment-null-byte'));
    expect(codes).to.deep.equal(Array(4).fill('ERR_INVALID_ARG_VALUE'));
  });

  it('is refused where it is an object that says nothing by its properties', async () => {
    for (const env of [new Map([['A', 'b']]), new Date(), new Set(['A=b'])])
      expect(await refusal(posixSpawn('/bin/true', ['true'], { env: env as never }))).to.equal(
        'ERR_INVALID_ARG_TYPE',
      );
  });

  it('is as it was at the call, although this process changes its own before exec', async () => {
    const value = await run('changedBeforeExec');
    expect(value).to.equal('PROBED=before');
  });
});

function run<T>(scenario: string, options: ProgramOptions = {}): Promise<T> {
  return runProgram<T>(import.meta.url, 'environment', { scenario }, options);
}
