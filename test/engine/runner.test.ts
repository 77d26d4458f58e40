import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { features } from 'forkless';
import { runProgram } from '../support/program.js';
import { runNodeForValue } from '../support/run-node.js';

interface Answer {
  readonly runner: string | null;
  readonly before: string | null;
  readonly rungs: Record<string, number>;
  readonly ids: string;
  readonly groups: number;
}

/** Starts by both doors, one of them with a plan that is longer than one argument may be. */
const source = `
  import { readFileSync } from 'node:fs';
  import { features, posixSpawn } from 'forkless';
  import { spawnSync } from 'forkless/child_process';
  const before = features().runner;
  const child = await posixSpawn('/bin/true', ['true'], { uid: 4242, gid: 4242 });
  await child.exited;
  const { stdout } = spawnSync('id', ['-u'], { uid: 4242, gid: 4242, encoding: 'utf8' });
  const groups = Array.from({ length: 65536 }, (_, index) => index + 1);
  const many = spawnSync('sed', ['-n', 's/^Groups://p', '/proc/self/status'], { groups, encoding: 'utf8' });
  say({ runner: features().runner, before, rungs: features().rungs, ids: stdout.trim(),
        groups: many.stdout.trim().split(/\\s+/).length });`;

describe('a start that changes ids', () => {
  before(function () {
    if (process.getuid?.() !== 0) this.skip();
  });

  for (const [choice, runner, rung] of [
    ['', 'addon', 1],
    ['addon', 'addon', 1],
    ['memfd', 'memfd', 1],
    ['never', null, 4],
  ] as const)
    it(`is the same by ${runner ?? 'a copy of the memory'}, with FORKLESS_RUNNER=${choice}`, async () => {
      const env = { FORKLESS_RUNNER: choice, FORKLESS_RUNG: undefined };
      const answer = await runNodeForValue<Answer>(source, { env });
      expect(answer).to.deep.equal({
        before: null,
        runner,
        rungs: { 1: 0, 2: 0, 3: 0, 4: 0, [rung]: 3 },
        ids: '4242',
        groups: 65536,
      });
    });
});

describe('a native file without the right to execute it', () => {
  before(function () {
    if (process.getuid?.() !== 0) this.skip();
  });

  it('is copied into memory for the starts that need it as a program', async () => {
    const env = { FORKLESS_RUNG: undefined };
    expect(await runProgram(import.meta.url, 'runner-copied', {}, { env })).to.deep.equal({
      code: 7,
      runner: 'memfd',
      rungs: { 1: 1, 2: 0, 3: 0, 4: 0 },
      isCopy: true,
    });
  });
});

describe('in a Worker, the start of a child with other ids', () => {
  before(function () {
    if (process.getuid?.() !== 0) this.skip();
  });

  for (const flat of ['always', 'never'])
    it(`is as on the main thread, with FORKLESS_FLAT=${flat}`, async () => {
      const env = { FORKLESS_RUNG: undefined, FORKLESS_FLAT: flat };
      const source = `
        import { once } from 'node:events';
        import { Worker } from 'node:worker_threads';
        import { features } from 'forkless';
        const text = \`
          const { parentPort } = require('node:worker_threads');
          const { posixSpawn } = require('forkless');
          const { spawnSync } = require('forkless/child_process');
          const options = { uid: 4242, gid: 4242, cloexecDefault: true };
          const run = async () => {
            const child = await posixSpawn('/bin/sh', ['sh', '-c', 'exit $(($(id -u) == 4242 ? 7 : 8))'], options);
            return (await child.exited).code;
          };
          const failed = () => posixSpawn('/no/such/program', ['x'], options).catch(({ code, step }) => [code, step]);
          const all = [];
          for (let i = 0; i < 8; i++) all.push(run(), failed());
          Promise.all(all).then((ends) => {
            const { stdout } = spawnSync('id', ['-u'], { uid: 4242, encoding: 'utf8' });
            parentPort.postMessage([ends, stdout.trim()]);
          });\`;
        const workers = [new Worker(text, { eval: true }), new Worker(text, { eval: true })];
        const exits = workers.map((worker) => once(worker, 'exit'));
        const answers = await Promise.all(workers.map((worker) => once(worker, 'message')));
        await Promise.all(exits);
        say({ answers: answers.map(([answer]) => answer), runner: features().runner, copied: features().rungs[4],
              flat: features().flat > 0, uid: process.getuid() });`;
      const ends = Array.from({ length: 8 }, () => [7, ['ENOENT', 'execve']]).flat();
      expect(await runNodeForValue(source, { env })).to.deep.equal({
        answers: [
          [ends, '4242'],
          [ends, '4242'],
        ],
        runner: 'addon',
        copied: 0,
        flat: flat === 'always',
        uid: 0,
      });
    });
});

describe('the native file as a program', () => {
  it('says what it is, and does nothing', () => {
    const { status, stderr } = spawnSync(features().binary ?? '', ['a', 'b'], { encoding: 'utf8' });
    expect(status).to.equal(126);
    expect(stderr).to.include('the npm package forkless');
  });
});
