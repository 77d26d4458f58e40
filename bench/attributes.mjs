// What attributes cost, beside the commands that set the same. By itself, `node bench/attributes.mjs [--quick]` measures
// and shows these alone.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { attributeRows, withMemory } from './attribute-rows.mjs';
import { compileNothing } from './support/compile.mjs';
import { inFreshProcess } from './support/fresh-process.mjs';
import { whyNot } from './support/room.mjs';

const script = `
import json, os, resource, subprocess, sys, time
program, rounds = sys.argv[1], int(sys.argv[2])
null = dict(stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
ways = {"none": {}, **eval(sys.argv[3])}
found = {name: [] for name in ways}
for round in range(rounds + 3):
    for name, more in ways.items():
        begin = time.perf_counter()
        subprocess.run([program], check=True, **null, **more)
        if round >= 3: found[name].append((time.perf_counter() - begin) * 1e6)
print(json.dumps(found))
`;

/**
 * Each attribute in a process of its own, in turn with a start without it; some of them in processes of more memory.
 * @returns {Promise<{rows: object[], skipped: string[], left: string[]}>} rows {name, memory, thread, megabytes, plain, set}:
 *   `plain` and `set` {held, execed, sync, dropIn, exited, command, python}, each a list of blocks
 */
export async function measureAttributes(plan, progress) {
  const { rounds, warmUp, commands, megabytes } = plan.attributes;
  const found = { rows: [], skipped: [], left: [] };
  compileNothing();
  progress('Python, with the same attributes');
  const python = inPython(commands);
  if (python === null) found.skipped.push('attributes: Python is missing');
  for (const size of megabytes)
    for (const { name, memory, thread = false } of attributeRows()) {
      const isBase = size === megabytes[0];
      if (!isBase && !withMemory.includes(name)) continue;
      const reason = whyNot({ megabytes: size });
      if (reason === undefined) progress(`attributes: ${name}, ${size} MB`);
      const options = { name, megabytes: size, rounds, warmUp, commands: isBase ? commands : 0 };
      const result = reason ? { refused: reason } : await inFreshProcess('attribute-cost', options);
      found.skipped.push(
        ...[result.refused ?? []].flat().map((why) => `attributes: ${name}, ${size} MB: ${why}`),
      );
      if (result.refused) continue;
      const { plain, set, left } = result;
      found.left.push(...left);
      if (isBase && python?.[name]) Object.assign(set, { python: [python[name]] });
      if (isBase && python) Object.assign(plain, { python: [python.none] });
      found.rows.push({ name, memory, thread, megabytes: size, plain, set });
    }
  return found;
}

/** null: there is none. */
function inPython(rounds) {
  const ways = attributeRows()
    .filter(({ python }) => python)
    .map(({ name, python }) => `${JSON.stringify(name)}: dict(${python})`);
  const args = ['-c', script, compileNothing(), `${rounds}`, `{${ways.join(', ')}}`];
  const { status, stdout } = spawnSync('python3', args, { encoding: 'utf8' });
  return status === 0 ? JSON.parse(stdout) : null;
}

// Not awaited: measure.mjs imports this file.
if (process.argv[1] === fileURLToPath(import.meta.url)) void measureAlone();

async function measureAlone() {
  const { plans } = await import('./plan.mjs');
  const { figuresOfAttributes } = await import('./measure.mjs');
  const { attributesTables } = await import('./report/start-tables.mjs');
  const { attributeGoals } = await import('./goals/attributes.mjs');
  const { machine, machineLine } = await import('./support/machine.mjs');
  const plan = plans[process.argv.includes('--quick') ? 'quick' : 'full'];
  const measured = await measureAttributes(plan, (text) => process.stderr.write(`${text}\n`));
  const attributes = figuresOfAttributes(measured.rows);
  console.log(machineLine(machine()));
  for (const { title, columns, rows } of attributesTables({ attributes }))
    console.log([`\n${title}`, columns.join(' | '), ...rows.map((row) => row.join(' | '))].join('\n'));
  for (const { what, measured, unit, goal } of attributeGoals({ attributes }))
    console.log(`${what}: ${measured.toFixed(2)} ${unit} ${goal && `(goal: ${goal})`}`);
  for (const what of measured.skipped) console.error(`LEFT OUT: ${what}`);
  for (const what of measured.left) console.error(`left behind: ${what}`);
}
