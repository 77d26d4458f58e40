// csrc/core/steps.def -> lib/plan/steps.ts. --check compares only; --from=FILE and --to=FILE name others.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { at, Failure, main } from './lib/project.mjs';
import { stepsModule } from './lib/steps-module.mjs';

await main(() => {
  const from = chosen('from') ?? at('csrc/core/steps.def');
  const to = chosen('to') ?? at('lib/plan/steps.ts');
  const text = stepsModule(readFileSync(from, 'utf8'));
  if (existsSync(to) && readFileSync(to, 'utf8') === text) return;
  if (process.argv.includes('--check'))
    throw new Failure(`${to} is not what ${from} gives: npm run generate`);
  writeFileSync(to, text);
});

function chosen(name) {
  const option = process.argv.find((argument) => argument.startsWith(`--${name}=`));
  return option && path.resolve(option.slice(name.length + 3));
}
