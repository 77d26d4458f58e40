import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { cleanEnvironment, npm, pack, packedPackage } from '../support/packed.js';
import { at } from '../support/paths.js';
import { tempPath } from '../support/temp.js';

const platform = `linux-${process.arch}`;

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

  const consumer = tempPath('consumer');
  let packed: readonly string[];

  before(() => {
    const { file: tarball, files, size, unpackedSize } = packedPackage();
    packed = files;
    console.log(
      `      ${path.basename(tarball)}: ${size} bytes packed, ${unpackedSize} in ${packed.length} files`,
    );
    mkdirSync(consumer);
    writeFileSync(path.join(consumer, 'package.json'), JSON.stringify({ private: true }));
    // Both from files: the only dependency is satisfied without asking anybody.
    const nodeGypBuild = pack(at('node_modules/node-gyp-build')).file;
    npm(['install', '--offline', '--no-audit', '--no-fund', tarball, nodeGypBuild], consumer);
  });

  after(() => rmSync(consumer, { recursive: true, force: true }));

  it('holds the compiled library, its sources in C, its documents and the two binaries', () => {
    expect(packed).to.include.members([
      'ARCHITECTURE.md',
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'csrc/binding.gypi',
      'csrc/core/child.c',
      'csrc/core/steps.def',
      'csrc/steps/descriptors.c',
      'csrc/node/addon.cc',
      'docs/README.md',
      'docs/images/bench.svg',
      'docs/reference/forkless.md',
      'dist/index.d.ts',
      'dist/index.js',
      'package.json',
      'prebuilds/linux-arm64/forkless.node',
      'prebuilds/linux-x64/forkless.node',
    ]);
  });

  it('holds nothing else', () => {
    const known =
      /^(?:dist\/.*\.(?:js|js\.map|d\.ts)|dist\/package\.json|csrc\/.*\.(?:c|h|cc|def|map|gypi)|docs\/.*\.(?:md|svg)|prebuilds\/(?:linux-\w+\/forkless\.node|manifest\.json|README\.md)|package\.json|[A-Z]+(?:\.md)?)$/;
    expect(packed.filter((file) => !known.test(file))).to.deep.equal([]);
    const kept = execFileSync('git', ['ls-files', 'csrc', 'docs', 'prebuilds'], {
      cwd: at(''),
      encoding: 'utf8',
    });
    const fromTree = packed.filter((file) => /^(?:csrc|docs|prebuilds)\//.test(file));
    expect(fromTree).to.have.members(kept.split('\n').filter((file) => /\/[^./][^/]*$/.test(file)));
  });

  it('runs nothing when it is installed, and asks for node-gyp-build alone', () => {
    const manifest = JSON.parse(readFileSync(installed('package.json'), 'utf8'));
    const ofNpm =
      /^(?:pre|post)?(?:install|uninstall|prepare|publish|version|shrinkwrap)$|^(?:pre|post)pack$/;
    expect(Object.keys(manifest.scripts).filter((name) => ofNpm.test(name))).to.deep.equal([]);
    expect(manifest.gypfile).to.equal(false);
    expect(Object.keys(manifest.dependencies)).to.deep.equal(['node-gyp-build']);
  });

  for (const [way, { file, text }] of Object.entries(programs)) {
    it(`starts a child through the prebuilt binary by ${way}`, () => {
      expect(existsSync(installed('build'))).to.equal(false);
      writeFileSync(path.join(consumer, file), text);
      const answer = JSON.parse(run(process.execPath, ['--no-warnings', file]));
      expect(answer).to.deep.equal({ binary: installed(`prebuilds/${platform}/forkless.node`), code: 0 });
    });
  }

  // A child may execute it: docs/ladder.md.
  it('keeps its binaries executable through packing and installing', () => {
    for (const arch of ['x64', 'arm64'])
      expect(statSync(installed(`prebuilds/linux-${arch}/forkless.node`)).mode & 0o111).to.equal(0o111);
  });

  it('has a command', () => {
    const plan = run(path.join(consumer, 'node_modules/.bin/forkless'), ['explain', '/bin/true']);
    expect(plan).to.include('execve "/bin/true"');
  });

  function installed(file: string): string {
    return path.join(consumer, 'node_modules/forkless', file);
  }

  function run(file: string, args: string[]): string {
    return execFileSync(file, args, { cwd: consumer, env: cleanEnvironment, encoding: 'utf8' });
  }
});
