import { readdirSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import { at } from '../support/paths.js';
import type { Moment } from './refusals-run.js';
import { differencesOf, referenceOf, runBattery } from './refusals-run.js';
import type { Failures, Row } from './refusals-table.js';
import { rows } from './refusals-table.js';

const ERRNOS = ['ENOSYS', 'EPERM'];
const MOMENTS: readonly Moment[] = ['first', 'later'];

describe('a system call that is refused', function () {
  this.timeout(120_000);

  for (const row of rows.filter(({ spared }) => spared === undefined))
    it(titleOf(row), async () => {
      const runs = (row.moments ?? MOMENTS).flatMap((moment) => ERRNOS.map((errno) => check(row, moment, errno)));
      const wrong = (await Promise.all(runs)).flat();
      expect(wrong, wrong.join('\n')).to.deep.equal([]);
    });

  it('has a row for each that the engine makes', () => {
    const called = new Set(sources().flatMap((text) => text.match(/(?<=__NR_)\w+/g) ?? []));
    const known = new Set(rows.map(({ call }) => call));
    expect([...called].filter((call) => !known.has(call))).to.deep.equal([]);
    expect([...known].filter((call) => !called.has(call))).to.deep.equal([]);
  });
});

function titleOf({ call, rules, env, fails = [] }: Row): string {
  const what = rules?.map((rule) => rule.replace('engine.', '')).join(' and ') ?? call;
  const where = env === undefined ? '' : ` with ${Object.entries(env).map((pair) => pair.join('='))}`;
  const steps = [...new Set(fails.flatMap(({ step }) => step ?? 'none of the engine'))];
  const outcome = steps.length === 0 ? 'changes nothing' : `is an error of the step ${steps.join(' or ')}`;
  return `${outcome}: ${what}${where}`;
}

/** What is not as the row says. */
async function check(row: Row, moment: Moment, errno: string): Promise<string[]> {
  const rules = (row.rules ?? [`engine.${row.call}`]).map((rule) => `${rule}=${errno}`);
  const refusal = { rules, moment, ...(row.env && { env: row.env }) };
  const [reference, battery] = await Promise.all([referenceOf(refusal), runBattery(refusal)]);
  const later = moment === 'later';
  const fails = (later ? row.failsLater : undefined) ?? row.fails ?? [];
  const values = (later ? row.valuesLater : undefined) ?? row.values ?? {};
  const differences = new Map(differencesOf(battery, reference).map(({ title, value }) => [title, value]));
  const wrong: string[] = [];
  for (const title of reference.keys()) {
    const different = differences.has(title);
    const failure = fails.find(({ trials }) => trials.test(title));
    const value = differences.get(title);
    const asExpected = Object.hasOwn(values, title)
      ? isDeepStrictEqual(battery.get(title), values[title])
      : failure === undefined
        ? !different
        : isFailure(value, failure, errno);
    if (!asExpected) wrong.push(`${rules.join(' ')}, ${moment}: ${title}: ${JSON.stringify(battery.get(title))}`);
  }
  return wrong;
}

/** Of a synchronous function the error stands in the result, and nothing else. */
function isFailure(value: unknown, { step, code, more }: Failures, errno: string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { code: found, step: where, ...rest } = value as Record<string, unknown>;
  const empty = Object.fromEntries(Object.entries(rest).filter(([, field]) => field !== null));
  const { signal: _signal, ...wanted } = { signal: null, ...more };
  const steps: unknown[] = step === null ? [undefined] : [step].flat();
  return found === (code ?? errno) && steps.includes(where) && isDeepStrictEqual(empty, wanted);
}

function sources(): string[] {
  return ['csrc/core', 'csrc/node'].flatMap((folder) =>
    readdirSync(at(folder)).map((name) => readFileSync(at(`${folder}/${name}`), 'utf8')),
  );
}
