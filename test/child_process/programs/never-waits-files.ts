// What becomes of a program's file right after `spawn`, when the file was there for a moment only: then nothing is
// certain, and the start waits. Each child waits for its input before it does anything.
import type { ChildProcess } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { tempPath } from '../../support/temp.js';
import { cp } from './door.js';
import { letGo, startSlow } from './gate.js';
import { storyOf, tellAll } from './story.js';

/** A copy of `of` in a folder of its own. */
function copyOf(of: string): string {
  const folder = tempPath('folder');
  mkdirSync(folder);
  copyFileSync(of, `${folder}/program`);
  return `${folder}/program`;
}

/** The second start of a file: the first one has taught all that a start can teach. The child is held a while. */
async function after(
  act: (path: string) => unknown,
  path = copyOf('/bin/cat'),
  file = path,
): Promise<unknown> {
  const start = (): ChildProcess => cp.spawn(file, { env: { PATH: dirname(path) } });
  const first = start();
  first.stdin?.end();
  await storyOf(first);
  const child = startSlow(start, 60);
  const said = codeOf(() => act(path));
  const story = storyOf(child);
  child.stdin?.end('the old one');
  const told = await story;
  letGo();
  return { said, told };
}

function codeOf(act: () => unknown): unknown {
  try {
    act();
    return 'done';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

/** Another program: it says something else, and reads nothing. */
const other = '/bin/pwd';

await tellAll({
  'it is unlinked': () => after((path) => unlinkSync(path)),
  'it is renamed': () => after((path) => renameSync(path, `${path}-renamed`)),
  'another one is renamed over it': () => after((path) => renameSync(copyOf(other), path)),
  'it is replaced by another one': () =>
    after((path) => {
      unlinkSync(path);
      copyFileSync(other, path);
    }),
  'it is written to': () =>
    after((path) => {
      // ETXTBSY while it is run.
      const fd = openSync(path, 'r+');
      writeSync(fd, 'text');
      closeSync(fd);
    }),
  'it may not be run any more': () => after((path) => chmodSync(path, 0)),
  'it becomes a folder': () =>
    after((path) => {
      unlinkSync(path);
      mkdirSync(path);
    }),
  'its folder is renamed': () => after((path) => renameSync(dirname(path), `${dirname(path)}-renamed`)),
  'its folder is replaced': () =>
    after((path) => {
      renameSync(dirname(path), `${dirname(path)}-renamed`);
      renameSync(dirname(copyOf(other)), dirname(path));
    }),
  'its folder may not be searched any more': () => after((path) => chmodSync(dirname(path), 0)),
  'its folder is removed': () => after((path) => rmSync(dirname(path), { recursive: true })),
  'it is found by PATH, and unlinked': () => after((path) => unlinkSync(path), copyOf('/bin/cat'), 'program'),
  'it is a link to a file that was written just now, and is set to another one': () => {
    const link = tempPath('link');
    symlinkSync(copyOf('/bin/cat'), link);
    return after(() => {
      unlinkSync(link);
      symlinkSync(copyOf(other), link);
    }, link);
  },
  'the first start of all': async () => {
    const path = copyOf('/bin/cat');
    const child = startSlow(() => cp.spawn(path), 60);
    unlinkSync(path);
    const story = storyOf(child);
    child.stdin?.end('the old one');
    const told = await story;
    letGo();
    return told;
  },
});
