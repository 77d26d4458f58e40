// What a synchronous function takes from its process, and gives back.

import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { expect } from 'chai';
import { programUrl, runProgram, runProgramToEnd } from '../support/program.js';
import { runWorker } from '../support/run-worker.js';
import { tempPath } from '../support/temp.js';
import { ours, runDoorProgram, sameProgram } from './oracle.js';
import { syncOf } from './sync-door.js';

/** With few descriptors, whatever is open. */
const tight = { launcher: ['/bin/sh', '-c', 'ulimit -n 100; exec "$@"', 'sh'] };

describe('spawnSync', () => {
  sameProgram(
    'says EMFILE where no descriptor is free, and throws nothing',
    'tight-table',
    ({ stdout, stderr }) => {
      expect(stderr).to.equal('');
      expect(JSON.parse(stdout)).to.deep.equal([['EMFILE', null, null, 0]]);
    },
    { ...tight, parameters: { mostFree: 0 } },
  );

  it('needs ten free descriptors, says EMFILE with fewer, and leaks none', async () => {
    const { stdout } = await runDoorProgram(ours, 'tight-table', { ...tight, parameters: { mostFree: 14 } });
    const codes: unknown[] = JSON.parse(stdout);
    const needed = codes.indexOf('started');
    expect(needed).to.be.within(1, 10);
    expect(codes.slice(0, needed)).to.deep.equal(
      Array.from({ length: needed }, () => ['EMFILE', null, null, 0]),
    );
    expect(codes.slice(needed).filter((code) => code !== 'started')).to.deep.equal([]);
  });

  it('leaves no descriptor open, however it ends', () => {
    const { spawnSync } = syncOf(ours);
    const before = readdirSync('/proc/self/fd').length;
    const calls: [string, string[], object][] = [
      ['true', [], {}],
      ['/no/such/program', [], {}],
      ['true', [], { stdio: ['pipe', 4999, 'pipe', 'pipe'] }],
      ['true', [], { stdio: ['pipe', { fd: -1 }] }],
      ['sleep', ['60'], { timeout: 20 }],
      ['cat', ['/dev/zero'], { maxBuffer: 10 }],
      ['true', [], { input: Buffer.alloc(2_000_000) }],
    ];
    for (const [file, args, options] of calls) for (let i = 0; i < 5; i++) spawnSync(file, args, options);
    const thrower = { toString: () => expect.fail('mine') };
    expect(() => spawnSync('true', [thrower])).to.throw('mine');
    // Of earlier tests one may have been closed meanwhile.
    expect(readdirSync('/proc/self/fd').length).to.be.at.most(before);
  });

  // Node itself aborts.
  it('works with 0, 1 and 2 closed in this process', async () => {
    const path = tempPath('closed');
    try {
      const { code, signal } = await runProgramToEnd(import.meta.url, 'closed-standard', { path });
      expect({ code, signal }).to.deep.equal({ code: 0, signal: null });
      expect(JSON.parse(readFileSync(path, 'utf8'))).to.deep.equal([
        { status: 0, output: [null, '01\n', '2\n'] },
        { status: 0, output: [null, '01\n', '2\n', ''] },
      ]);
    } finally {
      rmSync(path, { force: true });
    }
  });

  it('gives a gigabyte as it comes, without a second copy of it', async () => {
    const { length, grownMb, ok } = await runProgram<{ length: number; grownMb: number; ok: boolean }>(
      import.meta.url,
      'gigabyte',
    );
    expect({ length, ok }).to.deep.equal({ length: 2 ** 30, ok: true });
    expect(grownMb).to.be.within(1000, 1200);
  });

  for (const [title, size, pausing] of [
    ['large outputs when nobody holds them any more', 20_000_000, true],
    ['those of a program that never lets the loop run', 3_000_000, false],
  ] as const)
    it(`lets go of ${title}`, async () => {
      const grownMb = await runProgram<number>(
        import.meta.url,
        'output-released',
        { size, pausing },
        { nodeArgs: ['--expose-gc'] },
      );
      expect(grownMb).to.be.below(120);
    });

  it('may be called by several threads at once, each with its own', async () => {
    const answers = await Promise.all(
      [0, 1, 2, 3].map(() => runWorker<number[]>(programUrl(import.meta.url, 'sync-in-worker'))),
    );
    expect(answers).to.deep.equal([[], [], [], []]);
  });

  it('frees a large output that a Worker holds when it is terminated, and no copy of it', async () => {
    const value = await runProgram<number>(import.meta.url, 'output-of-terminated');
    expect(value).to.equal(15_000_000);
  });
});
