import { expect } from 'chai';
import type { ExitStatus, Features, Process, ResourceUsage, SpawnError } from 'forkless';
import { FileActions } from 'forkless';
import { attributes } from '#lib/attributes/index.js';
import { stageTable, stepTable } from '#lib/plan/vocabulary.js';
import { docs, read } from './markdown.js';

const everything = docs.map(read).join('\n');

/** Lists every key of T; the compiler refuses a list with one too few or too many. */
function keysOf<T>(keys: Record<keyof T, true>): string[] {
  return Object.keys(keys);
}

const options = attributes.filter(({ doors }) => doors.posix === 'own').map(({ name }) => name);

const processMembers = keysOf<Omit<Process, typeof Symbol.asyncDispose>>({
  pid: true,
  pidfd: true,
  exited: true,
  kill: true,
  ref: true,
  unref: true,
});

const errorFields = keysOf<Omit<SpawnError, 'stack' | 'cause'>>({
  name: true,
  message: true,
  code: true,
  errno: true,
  syscall: true,
  path: true,
  spawnargs: true,
  step: true,
  actionIndex: true,
  fd: true,
  signal: true,
  exitCode: true,
});

const exitFields = keysOf<ExitStatus>({
  code: true,
  signal: true,
  coreDumped: true,
  resourceUsage: true,
  reapedElsewhere: true,
});

const featureFields = keysOf<Features>({
  platform: true,
  arch: true,
  kernel: true,
  backend: true,
  reason: true,
  binary: true,
  rung: true,
  rungs: true,
  flat: true,
  runner: true,
  execHook: true,
  childProcess: true,
  attributes: true,
});

/** Its other fields are those of Node's `process.resourceUsage()`. */
const usageFields: (keyof ResourceUsage)[] = ['userCPUTime', 'systemCPUTime', 'maxRSS'];

describe('the pages in docs/', () => {
  it('name everything that the package exports', () => {
    const names = exportedNames();
    expect(names).to.include.members(['posixSpawn', 'FileActions', 'Bytes', 'ExitStatus']);
    expect(missing(names, everything)).to.deep.equal([]);
  });

  it('have a row for every option of posixSpawn', () => {
    const rows = Array.from(read('docs/posix-spawn.md').matchAll(/^\| `(\w+)` \|/gm), ([, name]) => name);
    expect(rows).to.include.members(options);
  });

  it('name every method of FileActions', () => {
    const methods = Object.getOwnPropertyNames(FileActions.prototype).filter(
      (name) => name !== 'constructor',
    );
    expect(methods).to.have.length(8);
    expect(missing(methods, read('docs/file-actions.md'))).to.deep.equal([]);
  });

  it('name every member of a process, of its exit status and of its resource usage', () => {
    const names = [...processMembers, 'Symbol.asyncDispose', ...exitFields, ...usageFields];
    expect(missing(names, read('docs/process.md'))).to.deep.equal([]);
  });

  it('name every field of an error', () => {
    expect(missing(errorFields, read('docs/errors.md'))).to.deep.equal([]);
  });

  it('name every step and every stage at which a start can fail', () => {
    const steps = [...stepTable, ...stageTable].map(({ name }) => name);
    expect(missing(steps, read('docs/errors.md'))).to.deep.equal([]);
  });

  it('name every field of features()', () => {
    expect(missing(featureFields, read('docs/ladder.md'))).to.deep.equal([]);
  });
});

function exportedNames(): string[] {
  const lists = read('lib/index.ts').matchAll(/export (?:type )?\{([^}]*)\}/g);
  const names = Array.from(lists, ([, list = '']) => list.split(','))
    .flat()
    .map((entry) => entry.replace(/.* as /, '').trim())
    .filter((name) => name !== '' && name !== 'default' && name !== "'module.exports'");
  return [...new Set(names)];
}

/** In code marks or in a block; only a whole word counts. */
function missing(names: readonly string[], text: string): string[] {
  const code = (text.match(/```[\s\S]*?```|`[^`\n]+`/g) ?? []).join('\n');
  return names.filter((name) => !new RegExp(`(?<![\\w-])${name.replace('.', '\\.')}(?![\\w-])`).test(code));
}
