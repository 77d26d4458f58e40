import { spawnSync } from 'node:child_process';
import { closeSync, createReadStream, createWriteStream, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { FileActions, openPipe, posixSpawnp } from 'forkless';
import { claim, code, table } from './show.mjs';

const commands = [['sort'], ['uniq', '-c'], ['sort', '-rn']];
const env = { ...process.env, LC_ALL: 'C' };
const file = new URL('../csrc/core/spawn.h', import.meta.url);

/** The words of a header of ours, counted. */
export async function pipeline() {
  const words = readFileSync(file, 'utf8')
    .toLowerCase()
    .match(/[a-z]{4,}/g)
    .join('\n')
    .concat('\n');
  code('words of csrc/core/spawn.h | sort | uniq -c | sort -rn');
  const [input, feed] = openPipe();
  const [harvest, output] = openPipe();
  const running = await startPipeline(input, output);
  createWriteStream('', { fd: feed }).end(words);
  const result = await text(createReadStream('', { fd: harvest }));
  const statuses = await Promise.all(running.map(({ exited }) => exited));
  const lines = result.trimEnd().split('\n');
  table(inColumns(lines.slice(0, 8), 4));
  claim(
    `three programs ended with 0`,
    statuses.every(({ code }) => code === 0),
  );
  const shell = spawnSync('sh', ['-c', 'sort | uniq -c | sort -rn'], { input: words, encoding: 'utf8', env });
  claim(`sh gives the same ${lines.length} lines`, shell.status === 0 && result === shell.stdout);
}

/** As a shell does it: each gets its two ends as 0 and 1, and default signals; every other end is close-on-exec. */
async function startPipeline(input, output) {
  const running = [];
  let source = input;
  for (const [index, argv] of commands.entries()) {
    const last = index === commands.length - 1;
    const [next, sink] = last ? [-1, output] : openPipe();
    const fileActions = new FileActions().addDup2(source, 0).addDup2(sink, 1);
    running.push(await posixSpawnp(argv[0], argv, { fileActions, sigdefault: 'all', env }));
    // an end that stays open here would keep its reader waiting for ever
    closeSync(source);
    closeSync(sink);
    source = next;
  }
  return running;
}

function inColumns(list, height) {
  return list.slice(0, height).map((line, index) => [line, list[index + height] ?? '']);
}
