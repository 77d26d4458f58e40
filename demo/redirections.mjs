import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FileActions, posixSpawnp } from 'forkless';
import { claim, table } from './show.mjs';

/** < > >> and 2>&1, as file actions, in the order in which a shell reads them. */
export async function redirections(folder) {
  const list = path.join(folder, 'list');
  const sorted = path.join(folder, 'sorted');
  const log = path.join(folder, 'log');
  writeFileSync(list, 'pear\napple\nfig\n');
  writeFileSync(log, 'before\n');

  await run(['sort'], new FileActions().addOpen(0, list, 'r').addOpen(1, sorted, 'w'));
  const both = new FileActions().addOpen(1, log, 'a').addDup2(1, 2);
  await run(['sh', '-c', 'echo to 1; echo to 2 >&2'], both);
  await run(['sh', '-c', 'echo again'], both);

  const [inSorted, inLog] = [readFileSync(sorted, 'utf8'), readFileSync(log, 'utf8')];
  table([
    ['shell', 'FileActions', 'in the file afterwards'],
    ['sort <list >sorted', "addOpen(0, list, 'r').addOpen(1, sorted, 'w')", shown(inSorted)],
    ['sh … >>log 2>&1', "addOpen(1, log, 'a').addDup2(1, 2)", shown(inLog)],
  ]);
  claim('sorted was read from one file and written to the other', inSorted === 'apple\nfig\npear\n');
  claim('both outputs were appended, in order, by two programs', inLog === 'before\nto 1\nto 2\nagain\n');
}

async function run(argv, fileActions) {
  const { exited } = await posixSpawnp(argv[0], argv, { fileActions, sigdefault: 'all' });
  const { code } = await exited;
  if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}`);
}

function shown(contents) {
  return contents.trimEnd().split('\n').join(' / ');
}
