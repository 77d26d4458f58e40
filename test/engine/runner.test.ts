import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { features } from 'forkless';
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

describe('the native file as a program', () => {
  it('says what it is, and does nothing', () => {
    const { status, stderr } = spawnSync(features().binary ?? '', ['a', 'b'], { encoding: 'utf8' });
    expect(status).to.equal(126);
    expect(stderr).to.include('the npm package forkless');
  });
});
