import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { PosixSpawnOptions } from 'forkless';
import { posixSpawn, posixSpawnp, posixSpawnpSync, SpawnError } from 'forkless';
import type { Start } from '../support/probe.js';
import { askProbe, probePath } from '../support/probe.js';
import { programUrl } from '../support/program.js';
import { runWorker } from '../support/run-worker.js';
import { endOf, failureOf, makeFile } from '../support/starts.js';
import { tempPath } from '../support/temp.js';

/** The name of every program here; which one has run is told by its exit code. */
const TOOL = 'forkless-test-tool';

/** A directory with a program that ends with `code`, or with one that may not be executed. */
function folderWith(code: number | 'forbidden' | 'no script', name = TOOL): string {
  const folder = tempPath('bin');
  mkdirSync(folder);
  const text = code === 'no script' ? 'exit 99\n' : `#!/bin/sh\nexit ${code}\n`;
  makeFile(text, code === 'forbidden' ? 0o644 : 0o755, join(folder, name));
  return folder;
}

function emptyFolder(): string {
  const folder = tempPath('empty');
  mkdirSync(folder);
  return folder;
}

const missing = tempPath('missing');
const file = makeFile('#!/bin/sh\n');
const three = folderWith(3);
const four = folderWith(4);
const forbidden = folderWith('forbidden');
const alsoForbidden = folderWith('forbidden');
const noScript = folderWith('no script');

interface Found {
  readonly what: string;
  readonly path: string | undefined;
  readonly options?: PosixSpawnOptions;
  readonly code: number;
}

const found: readonly Found[] = [
  { what: 'in the first of two directories that have it', path: `${three}:${four}`, code: 3 },
  { what: 'behind a directory that is missing', path: `${missing}:${three}`, code: 3 },
  { what: 'behind a file', path: `${file}:${three}`, code: 3 },
  { what: 'behind a directory without it', path: `${emptyFolder()}:${three}`, code: 3 },
  { what: 'behind one that may not be executed', path: `${forbidden}:${three}:${four}`, code: 3 },
  { what: 'in a directory with slashes at its end', path: `${three}//`, code: 3 },
  {
    what: 'in the working directory, for an empty element',
    path: `${missing}::${four}`,
    options: { cwd: three },
    code: 3,
  },
  {
    what: 'in the working directory, for an empty element at the start',
    path: `:${four}`,
    options: { cwd: three },
    code: 3,
  },
  {
    what: 'in the working directory, for an empty element at the end',
    path: `${missing}:`,
    options: { cwd: three },
    code: 3,
  },
  { what: 'in the working directory, for an empty PATH', path: '', options: { cwd: three }, code: 3 },
  {
    what: "in a relative directory, from the child's working directory",
    path: three.slice(three.lastIndexOf('/') + 1),
    options: { cwd: join(three, '..') },
    code: 3,
  },
  {
    what: 'behind 200 others',
    path: [...Array.from({ length: 200 }, (_, index) => `${missing}-${index}`), three].join(':'),
    code: 3,
  },
  { what: 'behind an element that is too long for a path', path: `/${'x/'.repeat(3000)}:${three}`, code: 3 },
  { what: "without a look at the child's own PATH", path: three, options: { env: { PATH: four } }, code: 3 },
];

interface NotFound {
  readonly what: string;
  readonly path: string | undefined;
  readonly name?: string;
  readonly code: string;
  /** In the error: the name as asked for, or the one candidate that counts. */
  readonly errorPath?: string;
}

const notFound: readonly NotFound[] = [
  { what: 'nothing but misses', path: `${missing}:${file}:${emptyFolder()}`, code: 'ENOENT' },
  { what: 'a single miss', path: missing, code: 'ENOENT' },
  { what: 'a file in the place of a directory', path: file, code: 'ENOTDIR' },
  { what: 'a miss, then a file in the place of a directory', path: `${missing}:${file}`, code: 'ENOTDIR' },
  { what: 'no PATH, and no such program in the usual places', path: undefined, code: 'ENOENT' },
  {
    what: 'only one that may not be executed, then misses',
    path: `${missing}:${forbidden}:${missing}`,
    code: 'EACCES',
    errorPath: `${forbidden}/${TOOL}`,
  },
  {
    what: 'two that may not be executed: the first counts',
    path: `${forbidden}:${alsoForbidden}`,
    code: 'EACCES',
    errorPath: `${forbidden}/${TOOL}`,
  },
  {
    what: 'no script first: that ends the search, and no shell is asked',
    path: `${noScript}:${three}`,
    code: 'ENOEXEC',
    errorPath: `${noScript}/${TOOL}`,
  },
  {
    what: 'a name that is too long for a file',
    path: `${three}:${four}`,
    name: 'x'.repeat(256),
    code: 'ENAMETOOLONG',
    errorPath: `${three}/${'x'.repeat(256)}`,
  },
  { what: 'an empty name', path: three, name: '', code: 'ENOENT', errorPath: '' },
  {
    what: 'a name with a slash, which is not searched',
    path: three,
    name: `./${TOOL}`,
    code: 'ENOENT',
    errorPath: `./${TOOL}`,
  },
  { what: 'elements that are all too long', path: `/${'x/'.repeat(3000)}`, code: 'ENOENT', errorPath: TOOL },
];

async function withPath<T>(path: string | undefined, use: () => Promise<T>): Promise<T> {
  const before = process.env['PATH'];
  setPath(path);
  try {
    return await use();
  } finally {
    setPath(before);
  }
}

function setPath(path: string | undefined): void {
  if (path === undefined) delete process.env['PATH'];
  else process.env['PATH'] = path;
}

const doors: readonly (readonly [string, Start])[] = [
  ['posixSpawnp', posixSpawnp],
  ['posixSpawnpSync', posixSpawnpSync],
];

for (const [name, start] of doors) {
  describe(name, () => {
    for (const { what, path, options, code } of found) {
      it(`finds a program ${what}`, async () => {
        const status = await withPath(path, () => endOf(() => start(TOOL, [TOOL], options)));
        expect(status).to.include({ code, signal: null });
      });
    }

    for (const { what, path, name: file = TOOL, code, errorPath = file } of notFound) {
      it(`fails with ${code} for ${what}`, async () => {
        const error = await withPath(path, () => failureOf(() => start(file, [TOOL, 'one'])));
        expect(error).to.be.an.instanceOf(SpawnError);
        expect(error).to.include({ code, step: 'execve', syscall: 'execve', path: errorPath });
        expect(error.spawnargs).to.deep.equal(['one']);
      });
    }

    it('searches /usr/bin and /bin without a PATH', async () => {
      const { code } = await withPath(undefined, () => endOf(() => start('sh', ['sh', '-c', 'exit 8'])));
      expect(code).to.equal(8);
    });

    it('takes a name with a slash as it is', async () => {
      const { exe } = await withPath(three, () => askProbe({}, start));
      expect(exe).to.equal(probePath);
    });

    it('sees a change of process.env.PATH at once', async () => {
      const codes: unknown[] = [];
      for (const path of [three, four, three])
        codes.push(await withPath(path, async () => (await endOf(() => start(TOOL, [TOOL]))).code));
      expect(codes).to.deep.equal([3, 4, 3]);
    });

    it('finds a name that is given as bytes and is no UTF-8', async () => {
      const folder = emptyFolder();
      const name = Buffer.from([0xff, 0x80]);
      makeFileAt(Buffer.concat([Buffer.from(`${folder}/`), name]));
      const { code } = await withPath(`${missing}:${folder}`, () => endOf(() => start(name, [TOOL])));
      expect(code).to.equal(6);
    });

    it("searches a Worker's own PATH, and leaves the main thread's alone", async () => {
      await withPath(missing, async () => {
        const workerData = { door: name, tool: TOOL, folder: four };
        const codes = await runWorker(programUrl(import.meta.url, 'path-worker'), workerData);
        expect(codes).to.deep.equal(['ENOENT', 4, 'ENOENT']);
        expect(process.env['PATH']).to.equal(missing);
        expect((await failureOf(() => start(TOOL, [TOOL]))).code).to.equal('ENOENT');
      });
    });
  });
}

describe('posixSpawn', () => {
  it('never searches PATH', async () => {
    const error = await withPath(three, () => failureOf(() => posixSpawn(TOOL, [TOOL])));
    expect(error).to.include({ code: 'ENOENT', step: 'execve', path: TOOL });
  });

  it("takes a relative path from the child's working directory", async () => {
    const status = await endOf(() => posixSpawn(`./${TOOL}`, [TOOL], { cwd: four }));
    expect(status.code).to.equal(4);
  });
});

function makeFileAt(path: Buffer): void {
  writeFileSync(path, '#!/bin/sh\nexit 6\n', { mode: 0o755 });
}
