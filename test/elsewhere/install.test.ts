import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { npm, pack, packedPackage } from '../support/packed.js';
import { at } from '../support/paths.js';
import { tempPath } from '../support/temp.js';

const machines = [
  ['darwin', 'arm64'],
  ['win32', 'x64'],
  ['freebsd', 'x64'],
  ['linux', 'riscv64'],
  ['linux', 's390x'],
  ['linux', 'ia32'],
] as const;

describe('installing the package', function () {
  this.timeout(120_000);
  let nodeGypBuild: string;

  before(() => {
    nodeGypBuild = pack(at('node_modules/node-gyp-build')).file;
  });

  for (const [os, cpu] of machines)
    it(`succeeds for ${os} on ${cpu}`, () => {
      const folder = install(`--os=${os}`, `--cpu=${cpu}`);
      expect(existsSync(path.join(folder, 'node_modules/forkless/dist/index.js'))).to.equal(true);
      expect(existsSync(path.join(folder, 'node_modules/node-gyp-build/index.js'))).to.equal(true);
    });

  it('succeeds with install scripts on, and where engines are strict', () => {
    const folder = install('--engine-strict', '--no-ignore-scripts', '--foreground-scripts');
    expect(existsSync(path.join(folder, 'node_modules/forkless/build'))).to.equal(false);
  });

  // engines is the one condition: with `engine-strict`, npm keeps it, and so a Node that is too old is refused there.
  it('depends on no system, processor or C library', () => {
    const manifest = JSON.parse(readFileSync(at('package.json'), 'utf8'));
    expect(manifest).to.not.have.any.keys('os', 'cpu', 'libc', 'optionalDependencies', 'peerDependencies');
    expect(manifest.engines).to.have.all.keys('node');
    expect(manifest.scripts).to.not.have.any.keys('preinstall', 'install', 'postinstall', 'prepare');
  });

  /** Both from files: the only dependency is satisfied without asking anybody. */
  function install(...options: readonly string[]): string {
    const folder = tempPath('installed');
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'package.json'), '{"private":true}');
    const quiet = ['--offline', '--no-audit', '--no-fund', '--loglevel=error'];
    npm(['install', ...quiet, ...options, packedPackage().file, nodeGypBuild], folder);
    return folder;
  }
});
