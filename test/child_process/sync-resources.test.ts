// What a synchronous function takes from its process, and gives back.

import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { expect } from 'chai';
import { runNode, runNodeForValue } from '../support/run-node.js';
import { runWorker } from '../support/run-worker.js';
import { tempPath } from '../support/temp.js';
import { ours, sameScript } from './oracle.js';
import { syncOf } from './sync-door.js';

const tight = (free: string): string => `
  const { closeSync, openSync } = await import('node:fs');
  const codes = [];
  cp.spawnSync('/bin/true'); cp.spawnSync('/no/such/program');
  const held = [];
  try { for (;;) held.push(openSync('/dev/null', 'r')); } catch {}
  for (let free = 0; free <= ${free}; free++) {
    const { error, status, output, pid } = cp.spawnSync('/bin/true');
    codes.push(error ? [error.code, status, output, pid] : 'started');
    closeSync(held.pop());
  }
  console.log(JSON.stringify(codes));`;

describe('spawnSync', () => {
  sameScript(
    'says EMFILE where no descriptor is free, and throws nothing',
    tight('0'),
    ({ stdout, stderr }) => {
      expect(stderr).to.equal('');
      expect(JSON.parse(stdout)).to.deep.equal([['EMFILE', null, null, 0]]);
    },
    { launcher: ['/bin/sh', '-c', 'ulimit -n 100; exec "$@"', 'sh'] },
  );

  it('needs ten free descriptors, says EMFILE with fewer, and leaks none', async () => {
    const script = `${tight('14').replace('console.log(JSON.stringify(codes))', 'say(codes)')}`;
    const codes = await runNodeForValue<unknown[]>(
      `const { default: cp } = await import('forkless/child_process'); ${script}`,
      { launcher: ['/bin/sh', '-c', 'ulimit -n 100; exec "$@"', 'sh'] },
    );
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
    expect(readdirSync('/proc/self/fd').length).to.equal(before);
  });

  // Node itself aborts.
  it('works with 0, 1 and 2 closed in this process', async () => {
    const path = tempPath('closed');
    const script = `
      import { closeSync, writeFileSync } from 'node:fs';
      const { default: cp } = await import('forkless/child_process');
      for (const fd of [0, 1, 2]) closeSync(fd);
      const script = 'cat; echo 1; echo 2 >&2';
      const results = [{}, { stdio: ['pipe', 'pipe', 'pipe', 'pipe'] }].map((options) => {
        const { status, output } = cp.spawnSync('/bin/sh', ['-c', script], { input: '0', encoding: 'utf8', ...options });
        return { status, output };
      });
      writeFileSync(process.argv[2], JSON.stringify(results));`;
    try {
      const { code, signal } = await runNode(script, { bare: true, args: [path] });
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
    const { length, grownMb, ok } = await runNodeForValue<{ length: number; grownMb: number; ok: boolean }>(`
      const { default: cp } = await import('forkless/child_process');
      const before = process.memoryUsage.rss();
      const { stdout, status } = cp.spawnSync('head', ['-c', String(2 ** 30), '/dev/zero'], { maxBuffer: Infinity });
      const peak = process.resourceUsage().maxRSS * 1024;
      say({ length: stdout.length, grownMb: (peak - before) / 2 ** 20, ok: status === 0 && stdout[2 ** 30 - 1] === 0 });
    `);
    expect({ length, ok }).to.deep.equal({ length: 2 ** 30, ok: true });
    expect(grownMb).to.be.within(1000, 1200);
  });

  for (const [title, size, pause] of [
    ['large outputs when nobody holds them any more', 20_000_000, 'await new Promise(setImmediate)'],
    ['those of a program that never lets the loop run', 3_000_000, ''],
  ] as const)
    it(`lets go of ${title}`, async () => {
      const grownMb = await runNodeForValue<number>(
        `const { default: cp } = await import('forkless/child_process');
         const before = process.memoryUsage.rss();
         for (let i = 0; i < 60; i++) {
           cp.spawnSync('head', ['-c', '${size}', '/dev/zero'], { maxBuffer: Infinity });
           gc();
           ${pause};
         }
         say((process.memoryUsage.rss() - before) / 2 ** 20);`,
        { nodeArgs: ['--expose-gc'] },
      );
      expect(grownMb).to.be.below(120);
    });

  it('may be called by several threads at once, each with its own', async () => {
    const script = `
      const { default: cp } = await import('forkless/child_process');
      const { parentPort } = await import('node:worker_threads');
      const wrong = [];
      for (let i = 0; i < 25; i++) {
        const input = String(Math.random()).repeat(10_000);
        const { stdout, status } = cp.spawnSync('cat', { input, encoding: 'utf8' });
        if (status !== 0 || stdout !== input) wrong.push(i);
      }
      parentPort.postMessage(wrong);`;
    const answers = await Promise.all([0, 1, 2, 3].map(() => runWorker<number[]>(script)));
    expect(answers).to.deep.equal([[], [], [], []]);
  });

  it('frees a large output that a Worker holds when it is terminated, and no copy of it', async () => {
    const value = await runNodeForValue<number>(`
      const { Worker } = await import('node:worker_threads');
      const text = 'const { parentPort, workerData } = require("node:worker_threads");' +
        'import(workerData).then(({ default: cp }) => {' +
        '  globalThis.kept = cp.spawnSync("head", ["-c", "3000000", "/dev/zero"], { maxBuffer: Infinity }).stdout;' +
        '  parentPort.postMessage(kept); });';
      let sum = 0;
      for (let i = 0; i < 5; i++) {
        const worker = new Worker(text, { eval: true, workerData: import.meta.resolve('forkless/child_process') });
        const bytes = await new Promise((resolve) => worker.once('message', resolve));
        await worker.terminate();
        sum += bytes.length + bytes.reduce((total, byte) => total + byte, 0);
      }
      say(sum);
    `);
    expect(value).to.equal(15_000_000);
  });
});
