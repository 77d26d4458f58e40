import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const root = fileURLToPath(new URL('../..', import.meta.url));
const platform = `linux-${process.arch}`;

/** npm hands its own settings down to what it runs; the npm of these tests must not see them. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(?:npm_|PREBUILD|FORKLESS_)/i.test(name)),
);

const use = `
  const child = await posixSpawn('/bin/true', ['true']);
  const { code } = await child.exited;
  console.log(JSON.stringify({ binary: features().binary, code }));
`;

const programs = {
  import: { file: 'use.mjs', text: `import { features, posixSpawn } from 'forkless';${use}` },
  require: {
    file: 'use.cjs',
    text: `const { features, posixSpawn } = require('forkless');(async () => {${use}})();`,
  },
};

describe('the packed package', function () {
  this.timeout(240_000);

  let folder: string;
  let consumer: string;
  let packed: readonly string[];

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'forkless-package-'));
    const ours = pack(root);
    const gypBuild = pack(path.join(root, 'node_modules/node-gyp-build'));
    console.log(
      `      ${path.basename(ours.file)}: ${ours.size} bytes packed, ${ours.unpackedSize} in ${ours.files.length} files`,
    );
    packed = ours.files;
    consumer = path.join(folder, 'consumer');
    mkdirSync(consumer);
    writeFileSync(path.join(consumer, 'package.json'), JSON.stringify({ private: true }));
    // Both from files: the only dependency is satisfied without asking anybody.
    npm(['install', '--offline', '--no-audit', '--no-fund', ours.file, gypBuild.file], consumer);
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it('holds the compiled library, its sources in C, its papers and the two binaries', () => {
    expect(packed).to.include.members([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'binding.gyp',
      'csrc/core/child.c',
      'csrc/node/addon.cc',
      'dist/index.d.ts',
      'dist/index.js',
      'package.json',
      'prebuilds/linux-arm64/forkless.node',
      'prebuilds/linux-x64/forkless.node',
    ]);
  });

  it('holds nothing else', () => {
    const known =
      /^(?:dist\/.*\.(?:js|d\.ts)|csrc\/.*\.(?:c|h|cc|map)|prebuilds\/(?:linux-\w+\/forkless\.node|manifest\.json|README\.md)|binding\.gyp|package\.json|[A-Z]+(?:\.md)?)$/;
    expect(packed.filter((file) => !known.test(file))).to.deep.equal([]);
  });

  it('runs nothing when it is installed, and asks for node-gyp-build alone', () => {
    const manifest = JSON.parse(readFileSync(installed('package.json'), 'utf8'));
    expect(manifest.scripts).to.not.have.any.keys('preinstall', 'install', 'postinstall', 'prepare');
    expect(manifest.gypfile).to.equal(false);
    expect(Object.keys(manifest.dependencies)).to.deep.equal(['node-gyp-build']);
  });

  for (const [way, { file, text }] of Object.entries(programs)) {
    it(`starts a child through the prebuilt binary by ${way}`, () => {
      expect(existsSync(installed('build'))).to.equal(false);
      writeFileSync(path.join(consumer, file), text);
      const answer = JSON.parse(run(process.execPath, ['--no-warnings', file], consumer));
      expect(answer).to.deep.equal({ binary: installed(`prebuilds/${platform}/forkless.node`), code: 0 });
    });
  }

  it('has a command', () => {
    const plan = run(path.join(consumer, 'node_modules/.bin/forkless'), ['explain', '/bin/true'], consumer);
    expect(plan).to.include('execve "/bin/true"');
  });

  function installed(file: string): string {
    return path.join(consumer, 'node_modules/forkless', file);
  }

  /** Packs `from` into the test's folder. */
  function pack(from: string): { file: string; files: string[]; size: number; unpackedSize: number } {
    const [result] = readPackResult(
      npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], from),
    );
    if (result === undefined) throw new Error(`npm pack says nothing about ${from}`);
    const { filename, files, size, unpackedSize } = result;
    return {
      file: path.join(folder, filename),
      files: files.map((file) => file.path).sort(),
      size,
      unpackedSize,
    };
  }
});

interface PackResult {
  filename: string;
  files: { path: string }[];
  /** Bytes. */
  size: number;
  unpackedSize: number;
}

/** npm before 12 answers with a list, npm 12 with an object by package name. */
function readPackResult(text: string): PackResult[] {
  return Object.values(JSON.parse(text));
}

function npm(args: string[], cwd: string): string {
  return run('npm', args, cwd);
}

function run(file: string, args: string[], cwd: string): string {
  return execFileSync(file, args, {
    cwd,
    env: environment,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
