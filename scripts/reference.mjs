// docs/reference/ from the docstrings in lib/. --check writes nothing and fails where it is not what they give. Typedoc
// needs another TypeScript than this package: both are installed into a folder of their own.
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { filesUnder } from './lib/fresh.mjs';
import { notWaiting } from './lib/packages.mjs';
import { install } from './lib/prepare.mjs';
import { at, Failure, main, npm } from './lib/project.mjs';
import { generate } from './typedoc/generate.mjs';

const packages = at('node_modules/.cache/typedoc');
const reference = at('docs/reference');

await main(async () => {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  install();
  if (!haveTypedoc(values.check)) return;
  const made = mkdtempSync(path.join(os.tmpdir(), 'forkless-reference-'));
  try {
    await generate(packages, made);
    if (values.check) compare(made);
    else replace(made);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
});

/** Without it a check passes on a developer's machine, said loudly, and fails where the run has to count. */
function haveTypedoc(check) {
  try {
    installTypedoc();
    return true;
  } catch (error) {
    if (!check || process.env.CI || !(error instanceof Failure)) throw error;
    console.error('MISSING: typedoc could not be installed, docs/reference was not compared');
    return false;
  }
}

/** By content, as everything that is kept: the lock file beside it says what was installed. */
function installTypedoc() {
  const locks = [at('scripts/typedoc/package-lock.json'), path.join(packages, 'package-lock.json')];
  const [wanted, present] = locks.map((file) => existsSync(file) && readFileSync(file, 'utf8'));
  if (wanted === present && existsSync(path.join(packages, 'node_modules/.package-lock.json'))) return;
  rmSync(packages, { recursive: true, force: true });
  mkdirSync(packages, { recursive: true });
  for (const name of ['package.json', 'package-lock.json'])
    copyFileSync(at('scripts/typedoc', name), path.join(packages, name));
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  try {
    npm(['ci', '--include=dev', ...quiet, ...notWaiting(60_000)], { stdio: ['ignore', 2, 2], cwd: packages });
  } catch (error) {
    rmSync(packages, { recursive: true, force: true });
    throw error;
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
