import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { at } from '../support/paths.js';
import { programPath } from '../support/program.js';
import { tempPath } from '../support/temp.js';

/** Enters the folder as its root, with the rights to do so. */
const enter = ['unshare', ...(process.getuid?.() === 0 ? [] : ['--map-root-user'])];

describe('in a root with nothing but Node: no /proc, no /dev, no shell', function () {
  this.timeout(60_000);
  let folder: string;

  before(function () {
    folder = tempPath('root');
    const [file = '', ...args] = [...enter, '--root=/', 'true'];
    const { status, error, stderr } = spawnSync(file, args, { encoding: 'utf8' });
    if (status !== 0) {
      console.error(`      SKIPPED: no root can be entered here: ${error?.message ?? stderr.trim()}`);
      this.skip();
    }
    furnish(folder);
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it('both doors start processes, by the prebuilt binary', () => {
    cpSync(programPath(import.meta.url, 'in-empty-root'), path.join(folder, 'app/use.mjs'));
    const { stdout, stderr } = run('/app/use.mjs');
    expect(stdout, stderr).not.to.equal('');
    expect(JSON.parse(stdout)).to.deep.equal({
      posix: 3,
      sync: '42\n',
      stream: 'a stream\n',
      missing: "ENOENT: no such file or directory, execve '/bin/sh' (step 11 of 11)",
      binary: `/app/node_modules/forkless/prebuilds/linux-${process.arch}/forkless.node`,
      rung: 1,
    });
  });

  it('a script without #! that no shell can run is passed over, and the program that follows in PATH has its own name', () => {
    for (const name of ['one', 'two']) mkdirSync(path.join(folder, name));
    writeFileSync(path.join(folder, 'one/tool'), 'exit 7', { mode: 0o755 });
    symlinkSync('/bin/node', path.join(folder, 'two/tool'));
    writeFileSync(
      path.join(folder, 'app/names.mjs'),
      `
        import { spawnSync } from 'forkless/child_process';
        const given = { env: { PATH: '/one:/two' }, encoding: 'utf8' };
        console.log(spawnSync('tool', ['--print', 'process.argv0'], given).stdout);
      `,
    );
    const { stdout, stderr } = run('/app/names.mjs');
    expect(stdout.trim(), stderr).to.equal('tool');
  });

  it('the doctor finds every way to work', () => {
    const { status, stdout, stderr } = run('/app/node_modules/forkless/dist/cli/main.js', 'doctor');
    expect(status, stderr).to.equal(0);
    expect(stdout.match(/^(?:rung [1-4]|flat) +works/gm)).to.have.length(5);
  });

  function run(...args: string[]) {
    const command = [...enter, `--root=${folder}`, '--wd=/', '/bin/node', ...args];
    return spawnSync('env', ['-i', `PATH=${process.env['PATH']}`, ...command], { encoding: 'utf8' });
  }
});

/** The package as it is installed, this Node, and what its loader asks for. */
function furnish(folder: string): void {
  const app = path.join(folder, 'app/node_modules');
  for (const part of ['package.json', 'dist', 'prebuilds'])
    cpSync(at(part), path.join(app, 'forkless', part), { recursive: true });
  cpSync(at('node_modules/node-gyp-build'), path.join(app, 'node-gyp-build'), { recursive: true });
  mkdirSync(path.join(folder, 'bin'));
  cpSync(process.execPath, path.join(folder, 'bin/node'), { dereference: true });
  const libraries = execFileSync('ldd', [process.execPath], { encoding: 'utf8' }).match(/\/\S+/g) ?? [];
  for (const library of libraries) cpSync(library, path.join(folder, library), { dereference: true });
}
