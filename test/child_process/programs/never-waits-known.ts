// Which starts return before exec: each child is held before exec for a while, and either `spawn` returns meanwhile, or
// it waits.
import { copyFileSync, mkdirSync, symlinkSync } from 'node:fs';
import { tempPath } from '../../support/temp.js';
import { cp } from './door.js';
import { waitsForExec } from './gate.js';
import { tellAll } from './story.js';

type Options = Readonly<Record<string, unknown>>;

const quiet = { stdio: 'ignore' } as const;
/** Programs that nobody has changed for a long time. */
const file = '/bin/true';

const start =
  (options: Options = {}, name = file, args: readonly string[] = []) =>
  () =>
    cp.spawn(name, args, { ...quiet, ...options });

/** The first start of it, and the second. */
const twice = (...call: Parameters<typeof start>) => [
  waitsForExec(start(...call)),
  waitsForExec(start(...call)),
];

function linkTo(target: string): string {
  const link = tempPath('link');
  symlinkSync(target, link);
  return link;
}

await tellAll({
  'of a program': () => twice(),
  'of a program that was started before, with pipes': () =>
    waitsForExec(() => cp.spawn(file).stdin?.destroy()),
  'of a program that was started before, by execFile': () => waitsForExec(() => cp.execFile(file)),
  'of a copy that was just made': () => {
    const copy = tempPath('copy');
    copyFileSync(file, copy);
    return twice({}, copy);
  },
  'of a link that was just made': () => twice({}, linkTo(file)),
  'of an old program in a folder that is a link': () => twice({}, `${linkTo('/bin')}/false`),
  'of a program that PATH finds behind more folders than before': () => {
    const folder = tempPath('empty');
    mkdirSync(folder);
    const before = twice({ env: { PATH: '/bin' } }, 'true');
    return [before, twice({ env: { PATH: `${folder}:/bin` } }, 'true')];
  },
  'with waitForExec': () => [waitsForExec(start()), twice({ waitForExec: true })],
  'with waitForExec: false': () => waitsForExec(start({ waitForExec: false })),
  'of a detached child': () => twice({ detached: true }),
  'with a directory': () => waitsForExec(start({ cwd: '/tmp' })),
  'with an option of this package': () => twice({ umask: 0o22 }),
  'with arguments of 40 KB': () => waitsForExec(start({}, file, ['x'.repeat(40_000)])),
  'of another user': () => {
    if (process.geteuid?.() !== 0) return [false, true, false];
    const before = waitsForExec(start());
    process.seteuid?.(54_321);
    const other = waitsForExec(start());
    process.seteuid?.(0);
    return [before, other, false];
  },
  'by spawnSync': () => waitsForExec(() => cp.spawnSync(file)),
});
