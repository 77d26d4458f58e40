// npm run docs: makes docs/reference/ from the docstrings in lib/, and the tables of docs/ from lib/attributes/.
//   --check   writes nothing; fails if they are not what these give
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { pages, withAttributeTables } from './lib/attribute-tables.mjs';
import { filesUnder } from './lib/fresh.mjs';
import { installables } from './lib/installables.mjs';
import { prepare } from './lib/prepare.mjs';
import { at, Failure, main } from './lib/project.mjs';
import { generate } from './typedoc/generate.mjs';

const { typedoc } = installables;
const reference = at('docs/reference');

await main(async () => {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  prepare();
  await makeTables(values.check);
  if (!haveTypedoc(values.check)) return;
  const made = mkdtempSync(path.join(os.tmpdir(), 'forkless-reference-'));
  try {
    await generate(typedoc.find().get('typedoc'), made);
    if (values.check) compare(made);
    else replace(made);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
});

async function makeTables(check) {
  const { attributes } = await import(pathToFileURL(at('build/lib/attributes/index.js')).href);
  for (const page of pages) {
    const present = readFileSync(at(page), 'utf8');
    const made = withAttributeTables(present, attributes);
    if (made === present) continue;
    if (check) throw new Failure(`${page} has other tables than lib/attributes gives: npm run docs`);
    writeFileSync(at(page), made);
    console.log(`made the tables of ${page}`);
  }
}

/** If typedoc cannot be had, a check is left out loudly on a developer's machine, and fails in CI. */
function haveTypedoc(check) {
  try {
    typedoc.install();
    return true;
  } catch (error) {
    if (!check || process.env.CI || !(error instanceof Failure)) throw error;
    console.error('MISSING: typedoc could not be installed, docs/reference was not compared');
    return false;
  }
}

function compare(made) {
  const [wanted, present] = [textsIn(made), textsIn(reference)];
  const names = new Set([...wanted.keys(), ...present.keys()]);
  const wrong = [...names].filter((name) => wanted.get(name) !== present.get(name));
  if (wrong.length > 0)
    throw new Failure(`not what the docstrings give: ${wrong.join(', ')} in docs/reference; npm run docs`);
  console.log(`docs/reference is what the docstrings give: ${[...names].join(', ')}`);
}

function replace(made) {
  rmSync(reference, { recursive: true, force: true });
  cpSync(made, reference, { recursive: true });
  console.log(`made ${[...textsIn(reference).keys()].join(', ')} in docs/reference`);
}

function textsIn(folder) {
  return new Map(filesUnder(folder).map((file) => [path.relative(folder, file), readFileSync(file, 'utf8')]));
}
