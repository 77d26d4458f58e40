import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import { at } from '../support/paths.js';
import type { Moment } from './refusals-run.js';
import { referenceOf, runBattery } from './refusals-run.js';
import type { Failures, Row } from './refusals-table.js';
import { ANYTHING, rows } from './refusals-table.js';

const ERRNOS = ['ENOSYS', 'EPERM'];
const MOMENTS: readonly Moment[] = ['first', 'later'];

/** What depends most on the processor and the kernel. The others are left out on arm64. */
const essential = rows.filter(
  ({ call, rules, env }) =>
    rules === undefined &&
    env === undefined &&
    ['waitid', 'ppoll', 'futex', 'clone3', 'exit_group'].includes(call),
);
const others = rows.filter((row) => !essential.includes(row));

describe('a system call that is refused', function () {
  this.timeout(120_000);

  it('changes no result of the battery where none is refused: each is as it should be', async () => {
    for (const moment of MOMENTS) {
      const trials = Object.fromEntries(await referenceOf({ rules: [], moment }));
      const ended = (code: number | null, signal: string | null = null): unknown => [
        code,
        signal,
        false,
        false,
      ];
      expect(trials).to.deep.include({
        'posixSpawn, exit 3': ended(3),
        'posixSpawnSync, exit 200': ended(200),
        'spawn, exit 200': [[200, null], ''],
        'spawnSync, exit 3': [3, null, null],
        'posixSpawn, killed': [true, true, ended(null, 'SIGUSR1'), false],
        'posixSpawnSync, output': ['a few bytes', ended(0)],
        'spawn, pipes': [[0, null], 'a few bytes'],
        'spawnSync, pipes': [0, null, 'a few bytes'],
        exec: [[5, null], '5,out,err'],
        'posixSpawn, no cwd': { code: 'ENOENT', step: 'chdir' },
        'spawn, no program': { code: 'ENOENT', step: 'execve' },
        'attributes, umask': 0o27,
        'attributes, close': [false],
        'attributes, tcsetpgrp': true,
        'posixSpawn, aborted': { code: 'ABORT_ERR' },
        'posixSpawn, killed before exec': { code: 'ERR_CHILD_DIED', step: 'open', signal: 'SIGKILL' },
        'spawnSync, timeout': { code: 'ETIMEDOUT', status: null, signal: 'SIGTERM', text: '' },
        'spawnSync, idle': [0, null, ''],
        'posixSpawnSync, slow': ended(6),
        'left behind': [],
        rung: 1,
        end: [0, ''],
        'outlived by': 'nothing',
      });
      if (moment === 'later')
        expect(trials).to.deep.include({
          'a child from before, killed': [true, true, ended(null, 'SIGUSR1'), false],
          'a start from before, aborted': { code: 'ABORT_ERR' },
        });
    }
  });

  it('has a row for each that the engine makes', () => {
    const called = new Set(sources().flatMap((text) => text.match(/(?<=__NR_)\w+/g) ?? []));
    const known = new Set(rows.map(({ call }) => call));
    expect([...called].filter((call) => !known.has(call))).to.deep.equal([]);
    expect([...known].filter((call) => !called.has(call))).to.deep.equal([]);
  });

  tryRows(essential);
});

describe('each other system call that is refused', function () {
  this.timeout(120_000);
  tryRows(others);
});

function tryRows(list: readonly Row[]): void {
  const results = new Map<Row, Promise<string[]>>();
  const resultOf = (row: Row): Promise<string[]> => {
    const result = results.get(row) ?? checkRow(row);
    results.set(row, result);
    return result;
  };
  list.forEach((row, index) => {
    it(titleOf(row), async () => {
      const result = resultOf(row);
      // A battery sleeps most of its time: the next ones run meanwhile.
      for (const next of list.slice(index + 1, index + 4)) resultOf(next).catch(() => {});
      const wrong = await result;
      expect(wrong, wrong.join('\n')).to.deep.equal([]);
    });
  });
  after(() => Promise.allSettled(results.values()));
}

function titleOf({ call, rules, fails = [], env, moments = MOMENTS }: Row): string {
  const steps = [...new Set(fails.flatMap(({ step }) => step ?? 'input or output'))];
  const outcome = steps.length === 0 ? 'changes nothing' : `is an error of ${steps.join(' or ')}`;
  const what = (rules ?? [`engine.${call}`]).join(' and ').replaceAll('engine.', '');
  const by = rules?.includes(call) ? ' of Node and the program too' : '';
  const where = Object.entries(env ?? {}).map(([name, value]) => `, ${name}=${value}`);
  return `${outcome}: ${what}${by}${where.join('')} (${moments.join(', ')})`;
}

/** Of what is done once there are children each errno at each moment; of the rest one errno at each. */
async function checkRow(row: Row): Promise<string[]> {
  const { by, moments = MOMENTS } = row;
  const all = /watcher|all/.test(by) || moments.length === 1;
  const runs = moments.flatMap((moment, m) =>
    ERRNOS.filter((_, e) => all || e === m).map((errno) => check(row, moment, errno)),
  );
  return (await Promise.all(runs)).flat();
}

let free = availableParallelism() * 2 + 2;
const waiting: (() => void)[] = [];

async function inTurn<T>(run: () => Promise<T>): Promise<T> {
  if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
  else free -= 1;
  try {
    return await run();
  } finally {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  }
}

/** What is not as the row says. */
async function check(row: Row, moment: Moment, errno: string): Promise<string[]> {
  const rules = (row.rules ?? [`engine.${row.call}`]).map((rule) => `${rule}=${errno}`);
  const refusal = { rules, moment, ...(row.env && { env: row.env }) };
  const [reference, battery] = await Promise.all([referenceOf(refusal), inTurn(() => runBattery(refusal))]);
  const later = moment === 'later';
  const fails = (later ? row.failsLater : undefined) ?? row.fails ?? [];
  const values = (later ? row.valuesLater : undefined) ?? row.values ?? {};
  const wrong: string[] = [];
  for (const [title, usual] of reference) {
    const value = battery.get(title);
    if (!isExpected(value, usual, title, { ...row, fails, values }, errno))
      wrong.push(`${rules.join(' ')}, ${moment}: ${title}: ${JSON.stringify(value)}`);
  }
  return wrong;
}

function isExpected(value: unknown, usual: unknown, title: string, row: Row, errno: string): boolean {
  if (row.values !== undefined && Object.hasOwn(row.values, title))
    return row.values[title] === ANYTHING || isDeepStrictEqual(value, row.values[title]);
  // What was started before the filter came is never touched by it.
  const matching = (list: readonly Failures[] | undefined): Failures | undefined =>
    title.includes(' from before') ? undefined : list?.find(({ trials }) => trials.test(title));
  const failure = matching(row.fails);
  // It may be aborted before its failure is known.
  if (failure !== undefined && title === 'posixSpawn, aborted' && isDeepStrictEqual(value, usual))
    return true;
  if (failure !== undefined) return each(value).every((one) => isFailure(one, failure, errno));
  const possible = matching(row.mayFail);
  if (possible === undefined) return isDeepStrictEqual(value, usual);
  return title.startsWith('20')
    ? each(value).every((one, n) => isFailure(one, possible, errno) || isDeepStrictEqual(one, each(usual)[n]))
    : isFailure(value, possible, errno) || isDeepStrictEqual(value, usual);
}

/** Of a trial of many starts at once. */
function each(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** Of a synchronous function the error stands in the result, and nothing else. */
function isFailure(value: unknown, { step, code, more }: Failures, errno: string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { code: found, step: where, ...rest } = value as Record<string, unknown>;
  const told = Object.fromEntries(Object.entries(rest).filter(([, field]) => field !== null));
  const steps: unknown[] = step === null ? [undefined] : [step].flat();
  return found === (code ?? errno) && steps.includes(where) && isDeepStrictEqual(told, { ...more });
}

function sources(): string[] {
  return ['csrc/core', 'csrc/steps', 'csrc/node'].flatMap((folder) =>
    readdirSync(at(folder)).map((name) => readFileSync(at(`${folder}/${name}`), 'utf8')),
  );
}
