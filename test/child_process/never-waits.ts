// A start that does not wait for exec, against Node: each scenario runs with Node's functions, with ours as fast as they
// are, and with ours while the child is held before exec until the program has done what it does right after `spawn`.
import { spawnSync } from 'node:child_process';
import { release } from 'node:os';
import { expect } from 'chai';
import { gateRun } from '../support/launchers.js';
import { programPath } from '../support/program.js';
import type { RunResult } from '../support/run-node.js';
import type { Door, ProgramOptions } from './oracle.js';
import { nodes, ours, runDoorProgram } from './oracle.js';
import type { Story } from './programs/story.js';

export type Told = Readonly<Record<string, unknown>>;

/** Each program that is there is taken for one that has been exec'ed before. */
export const certain = { FORKLESS_CERTAIN: 'always' };

const [linuxMajor = 0, linuxMinor = 0] = release().split('.').map(Number);

/** Why no child can be held here, if so. */
export const obstacle = findObstacle();

function findObstacle(): string | undefined {
  if (linuxMajor < 5 || (linuxMajor === 5 && linuxMinor < 16)) return 'each start waits before Linux 5.16';
  const [file = '', ...args] = [...gateRun(), '/bin/true'];
  const { status, stderr } = spawnSync(file, args);
  return status === 0 ? undefined : `no child can be held here: ${stderr}`;
}

/** Skips a test, and says why. */
export function skipWithout(context: Mocha.Context): void {
  if (obstacle === undefined) return;
  console.error(`SKIPPED: ${obstacle}`);
  context.skip();
}

export type Ways = readonly (readonly [title: string, cp: Door, env: Readonly<Record<string, string>>])[];

/** Ours: free, and held. */
export const ways: Ways = [
  ['as fast as it is', ours, certain],
  ['held before exec', ours, { ...certain, GATE: 'held' }],
];

export function runGated(
  cp: Door,
  name: string,
  env: Readonly<Record<string, string | undefined>>,
  { parameters, ...options }: ProgramOptions = {},
): Promise<RunResult> {
  return runDoorProgram(cp, name, {
    launcher: gateRun(),
    deadlineMs: 25_000,
    ...options,
    env: { ...options.env, ...env },
    parameters,
  });
}

/**
 * Tests of all scenarios of a program that ends with `tellAll`. Each tells the same in each way as with Node's functions,
 * and `checks` says what is right about it.
 */
export function describeScenarios(
  name: string,
  checks: Readonly<Record<string, (told: unknown) => void>>,
  options: ProgramOptions & { readonly ways?: Ways; readonly expected?: Door } = {},
): void {
  const { ways: chosen = ways, expected = nodes, ...more } = options;
  let wanted: Told;
  before(async function () {
    if (obstacle !== undefined) skipWithout(this);
    wanted = await toldBy(expected, name, {}, more);
  });

  for (const [way, cp, env] of chosen)
    describe(way, () => {
      let told: Told;
      before(async () => {
        told = await toldBy(cp, name, env, more);
      });
      it('tells of all scenarios', () =>
        expect(Object.keys(told).sort()).to.deep.equal(Object.keys(checks).sort()));
      for (const [title, check] of Object.entries(checks))
        it(title, () => {
          expect(told[title], 'ours is not as Node’s').to.deep.equal(wanted[title]);
          check(told[title]);
        });
    });
}

async function toldBy(
  cp: Door,
  name: string,
  env: Readonly<Record<string, string>>,
  options: ProgramOptions,
): Promise<Told> {
  const { code, signal, stdout, stderr } = await runGated(cp, name, env, options);
  if (code !== 0)
    throw new Error(`${programPath(import.meta.url, name)}: ${signal ?? code}\n${stdout}${stderr}`);
  return JSON.parse(stdout);
}

/** A child that ran, ended so, and has written this. */
export function ran(stdout: string | RegExp = '', end = '0 null'): (told: unknown) => void {
  return (told) => {
    const story = told as Story;
    expect(story.events).to.deep.equal(['spawn', `exit ${end}`, `close ${end}`]);
    if (typeof stdout === 'string') expect(story.stdout).to.equal(stdout);
    else expect(story.stdout).to.match(stdout);
  };
}

export function is(value: unknown): (told: unknown) => void {
  return (told) => expect(told).to.deep.equal(value);
}
