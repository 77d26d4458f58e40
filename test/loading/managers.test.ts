// What installs packages: each takes the packed tarball into an empty folder, without network, compiler and Python, runs
// nothing, asks nothing and warns of nothing; and then it works.
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { INSTALL_TIMEOUT } from '../support/installed.js';
import { emptyFolder, type Tarballs, tarballs } from './packed.js';
import { bareEnvironment, leaveOut, programAt, run } from './programs.js';

interface Manager {
  readonly name: string;
  /** The Node, by the name that scripts/install.mjs prints, that runs it and what it has installed; none: it runs both itself. */
  readonly node?: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Beside the dependency: what makes it take node-gyp-build from a file. */
  readonly manifest?: (nodeGypBuild: string) => object;
  readonly files?: (nodeGypBuild: string) => Readonly<Record<string, string>>;
}

const npm = ['install', '--offline', '--no-audit', '--no-fund'];
const overrides = (from: string) => ({ overrides: { 'node-gyp-build': from } });
const resolutions = (from: string) => ({ resolutions: { 'node-gyp-build': from } });
const direct = (from: string) => ({ dependencies: { 'node-gyp-build': from } });
const yarn4 = { YARN_ENABLE_NETWORK: '0', YARN_ENABLE_TELEMETRY: '0', YARN_ENABLE_IMMUTABLE_INSTALLS: '0' };

/** Not Deno: it makes a link to a tarball in a file, and does not unpack it. */
const managers: readonly Manager[] = [
  { name: 'npm-11', node: 'node-20.19.0', args: npm, manifest: direct },
  { name: 'npm-12', node: 'node-26', args: npm, manifest: direct },
  {
    name: 'pnpm-10',
    node: 'node-22',
    args: ['install', '--offline'],
    manifest: (from) => ({ pnpm: overrides(from) }),
  },
  {
    name: 'pnpm-12',
    node: 'node-24',
    args: ['install', '--offline'],
    files: (from) => ({ 'pnpm-workspace.yaml': `overrides:\n  node-gyp-build: ${from}\n` }),
  },
  {
    name: 'yarn-1',
    node: 'node-20',
    // Root's cache does not lie in HOME.
    args: ['install', '--offline', '--non-interactive', '--cache-folder', 'cache'],
    manifest: resolutions,
  },
  {
    name: 'yarn-4',
    node: 'node-22',
    args: ['install'],
    env: { ...yarn4, YARN_NODE_LINKER: 'node-modules' },
    manifest: resolutions,
    files: () => ({ 'yarn.lock': '' }),
  },
  { name: 'bun', args: ['install'], manifest: overrides },
];

const loud = /\bwarn|build script|approve|blocked|node-gyp rebuild|prebuild-install/i;

for (const manager of managers)
  describe(`${manager.name} installs the packed package`, function () {
    this.timeout(120_000);
    let folder: string;
    let said: string;

    before(async function () {
      this.timeout(INSTALL_TIMEOUT);
      const missing = [manager.name, ...(manager.node ? [manager.node] : [])].find(
        (name) => programAt(name) === undefined,
      );
      if (missing !== undefined) leaveOut(this, `${manager.name} (${missing})`, null);
      folder = prepareFolder(manager, tarballs());
      const { stdout, stderr } = await run([...commandOf(manager), ...manager.args], {
        cwd: folder,
        env: env(),
      });
      said = `${stdout}${stderr}`;
    });

    it('without a script, a question or a warning', () => {
      expect(said).to.not.match(loud);
      expect(existsSync(join(folder, 'node_modules/forkless/build'))).to.equal(false);
    });

    it('so that it works', async () => {
      const node = programAt(manager.node ?? manager.name) ?? '';
      const { stdout } = await run([node, 'programs/use.js'], {
        cwd: folder,
        env: env(),
      });
      const { binary, ...did } = JSON.parse(stdout);
      expect(did).to.deep.equal({ code: 3, stdout: 'text\n' });
      expect(binary).to.match(/\/node_modules\/forkless\/prebuilds\/linux-[^/]+\/forkless\.node$/);
      expect(binary.startsWith(folder)).to.equal(true);
    });

    function env(): Record<string, string> {
      const node = programAt(manager.node ?? manager.name) ?? '';
      return { ...bareEnvironment(dirname(node)), ...manager.env };
    }
  });

describe("yarn-4 without node_modules, by Plug'n'Play", function () {
  this.timeout(120_000 + INSTALL_TIMEOUT);

  it('has a doctor whose trials find the package, as the program does', async function () {
    const manager = managers.find(({ name }) => name === 'yarn-4') as Manager;
    const missing = [manager.name, manager.node ?? ''].find((name) => programAt(name) === undefined);
    if (missing !== undefined) leaveOut(this, `yarn-4 (${missing})`, null);
    const folder = prepareFolder(manager, tarballs());
    const node = programAt(manager.node ?? '') ?? '';
    const env = { ...bareEnvironment(dirname(node)), ...yarn4, YARN_NODE_LINKER: 'pnp' };
    const yarn = (...args: string[]) => run([...commandOf(manager), ...args], { cwd: folder, env });
    await yarn('install');
    expect(existsSync(join(folder, 'node_modules'))).to.equal(false);
    const report = JSON.parse((await yarn('run', 'forkless', 'doctor', '--json')).stdout);
    expect(report.rungs.map(({ error }: { error: string | null }) => error)).to.deep.equal([
      null,
      null,
      null,
      null,
    ]);
    expect(report).to.deep.include({ startsOn: 1, flat: { rung: 1, flat: true, error: null } });
    expect(report.features.childProcess).to.deep.equal({ backend: 'forkless', reason: null });
  });
});

function commandOf({ name, node }: Manager): string[] {
  const program = programAt(name) ?? '';
  return node === undefined ? [program] : [programAt(node) ?? '', program];
}

function prepareFolder({ manifest, files }: Manager, { forkless, nodeGypBuild }: Tarballs): string {
  const from = `file:${nodeGypBuild}`;
  const more: { dependencies?: object } = manifest?.(from) ?? {};
  const folder = emptyFolder({
    ...more,
    dependencies: { forkless: `file:${forkless}`, ...more.dependencies },
  });
  for (const [name, text] of Object.entries(files?.(from) ?? {})) writeFileSync(join(folder, name), text);
  return folder;
}
