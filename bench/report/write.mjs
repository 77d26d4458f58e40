// --write: everything that the papers show, from the same results.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { withTables } from './markdown.mjs';
import { picture } from './picture.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pages = ['docs/performance.md', 'docs/register.md', 'README.md'];

/** @param folder in the place of this project; the pages are read from the project. */
export function writeAll(results, folder = root) {
  const put = (file, text) => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  };
  put('bench/results.json', `${JSON.stringify(results, undefined, 2)}\n`);
  put('docs/images/bench.svg', picture(results));
  for (const page of pages) put(page, withTables(readFileSync(path.join(root, page), 'utf8'), results));
  if (folder === root) format('bench/results.json');
}

/** As the linter wants it. */
function format(file) {
  const biome = path.join(root, 'node_modules/@biomejs/biome/bin/biome');
  spawnSync(process.execPath, [biome, 'format', '--write', file], { cwd: root, stdio: 'inherit' });
}
