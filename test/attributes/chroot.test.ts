import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import type { PosixSpawnOptions } from 'forkless';
import { explain, explainSpawn, FileActions } from 'forkless';
import { spawn } from 'forkless/child_process';
import { binding } from '#lib/binding.js';
import { probeArgv, probePath } from '../support/probe.js';
import { runProgram } from '../support/program.js';
import { doors } from '../support/starts.js';
import { tempPath } from '../support/temp.js';
import type { Way } from './ways.js';
import { ways } from './ways.js';

/** What the probe says by `where`. */
interface Where {
  readonly cwd: string;
  readonly uid: number;
  readonly files: readonly (string | null)[];
}

const isRoot = process.getuid?.() === 0;
/** Of `forceCertain`. */
const ALWAYS = 1;
const IF_KNOWN = 0;

describe('the plan of a root', () => {
  const lines = (options: PosixSpawnOptions) => explain('/x', ['x'], options).split('\n');

  it('is entered after the descriptors; cwd is then one in it, and is checked', () => {
    const fileActions = new FileActions().addOpen(7, 'f', 'r');
    const options = { chroot: 'r', cwd: '/d', fileActions, rlimits: { core: 0 }, uid: 1, umask: 0 };
    expect(
      lines(options)
        .slice(4, 12)
        .map((line) => line.trim()),
    ).to.deep.equal([
      '5. open "f" as 7, O_RDONLY  (file action 0)',
      '6. own-memory',
      '7. chroot "r"',
      '8. chdir "/d"',
      '9. check-cwd',
      '10. rlimit core 0 0',
      '11. setgroups to none',
      '12. setuid 1',
    ]);
    expect(lines({ chroot: '/r' }).slice(3, 5)).to.deep.equal(['4. chroot "/r"', '5. execve "/x"']);
  });

  it('is the same at the drop-in, with the cwd of Node', () => {
    const plan = explainSpawn('/x', [], { chroot: '/r', cwd: '/d' });
    expect(plan).to.match(/chroot "\/r"\n *\d+\. chdir "\/d"\n *\d+\. check-cwd\n.*\n *\d+\. execve "\/x"\n/);
    expect(plan.match(/chdir/g)).to.have.length(1);
    expect(explainSpawn('/x', [], { cwd: '/d' })).to.match(/chdir "\/d"/);
  });
});

describe('a root without the right to it', () => {
  it('is refused by the kernel with the name of the step, by every way to start', async function () {
    if (!isRoot) return this.skip(); // the program becomes another user
    const refused = { code: 'EPERM', step: 'chroot', syscall: 'chroot', path: '/' };
    expect(await runProgram(import.meta.url, 'chroot-refused')).to.deep.equal({
      posixSpawn: refused,
      posixSpawnSync: refused,
      spawn: refused,
      spawnSync: refused,
    });
  });
});

describe('chroot', () => {
  let root: string;
  let outside: string;

  before(function () {
    if (!isRoot) return this.skip(); // nobody else may change the root
    root = tempPath('root');
    outside = tempPath('outside');
    mkdirSync(root);
    for (const name of ['bin', 'sub', 'proc']) mkdirSync(`${root}/${name}`);
    copyFileSync(probePath, `${root}/bin/probe`);
    copyFileSync(probePath, `${root}/sub/tool`);
    writeFileSync(`${root}/inside`, 'inside');
    writeFileSync(outside, 'outside');
  });

  after(() => rmSync(root, { recursive: true, force: true }));

  /** What the probe in the new root sees, which has no /proc. */
  async function ask(way: Way, options: object, file = '/bin/probe'): Promise<Where | object> {
    const answer = await way(file, probeArgv('where', '/inside', outside).slice(1), options);
    return typeof answer === 'string' ? JSON.parse(answer) : answer;
  }

  for (const [name, way] of ways) {
    it(`${name}: a file outside cannot be opened, and can be without`, async () => {
      expect(await ask(way, { chroot: root })).to.deep.include({ files: ['inside', null] });
      expect(await ask(way, {}, probePath)).to.deep.include({ files: [null, 'outside'] });
    });

    it(`${name}: the working directory is its root, or cwd in it`, async () => {
      expect(await ask(way, { chroot: root })).to.include({ cwd: '/' });
      expect(await ask(way, { chroot: root, cwd: '/sub' })).to.include({ cwd: '/sub' });
      expect(await ask(way, { chroot: root, cwd: 'sub/../sub' })).to.include({ cwd: '/sub' });
      expect(await ask(way, { chroot: root, cwd: '/../../..' })).to.include({ cwd: '/' });
    });

    it(`${name}: the program is looked for in it`, async () => {
      expect(await ask(way, { chroot: root, cwd: '/sub' }, './tool')).to.include({ cwd: '/sub' });
      const refused = { code: 'ENOENT', step: 'execve', syscall: 'execve', path: probePath };
      expect(await ask(way, { chroot: root }, probePath)).to.deep.equal(refused);
    });

    it(`${name}: a relative one starts at the directory of the parent`, async () => {
      const relative = path.relative(process.cwd(), root);
      expect(await ask(way, { chroot: relative, cwd: '/sub' })).to.include({ cwd: '/sub' });
    });

    it(`${name}: is refused where it is missing or a file, and so is a cwd that is not in it`, async () => {
      const refused = { step: 'chroot', syscall: 'chroot' };
      const missing = `${root}/none`;
      expect(await ask(way, { chroot: missing })).to.deep.equal({
        ...refused,
        code: 'ENOENT',
        path: missing,
      });
      expect(await ask(way, { chroot: outside })).to.deep.equal({
        ...refused,
        code: 'ENOTDIR',
        path: outside,
      });
      const cwd = path.dirname(outside);
      const error = { code: 'ENOENT', step: 'chdir', syscall: 'chdir', path: cwd };
      expect(await ask(way, { chroot: root, cwd })).to.deep.equal(error);
    });

    it(`${name}: works as another user, who could not enter it`, async () => {
      expect(await ask(way, { chroot: root, uid: 4242, gid: 4242 })).to.include({ uid: 4242, cwd: '/' });
    });
  }

  it('leaves this process in its root and its directory', async () => {
    const before = [process.cwd(), readFileSync(outside, 'utf8'), readdirSync('/').join()];
    for (const [, way] of ways) await ask(way, { chroot: root, cwd: '/sub' });
    expect([process.cwd(), readFileSync(outside, 'utf8'), readdirSync('/').join()]).to.deep.equal(before);
  });

  it('refuses a cwd that leads out of it through /proc', async () => {
    const script = 'mount --bind /proc "$0/proc" && exec "$@"';
    const options = { launcher: ['unshare', '--mount', 'sh', '-c', script, root] };
    const told = await runProgram<Record<string, object>>(
      import.meta.url,
      'chroot-escape',
      { root },
      options,
    );
    const refused = { code: 'EXDEV', step: 'check-cwd', syscall: 'getcwd' };
    for (const [name] of ways)
      expect(told[name], name).to.deep.equal({ root: refused, cwd: refused, inside: '/proc/sys' });
  });

  it('waits for exec, however certain that of the same path is outside', async () => {
    const events = async (options: object) => {
      const child = spawn(probePath, probeArgv('exit', 0).slice(1), { stdio: 'ignore', ...options });
      const seen: string[] = [];
      for (const name of ['spawn', 'error', 'exit']) child.on(name, () => seen.push(name));
      await new Promise((resolve) => child.on('close', resolve));
      return seen;
    };
    binding().forceCertain(ALWAYS);
    try {
      const before = binding().certainCount();
      expect(await events({})).to.include('exit');
      expect(await events({})).to.include('exit');
      expect(binding().certainCount() - before).to.be.above(0);
      const certain = binding().certainCount();
      expect(await events({ chroot: root })).to.deep.equal(['error']);
      expect(binding().certainCount()).to.equal(certain);
    } finally {
      binding().forceCertain(IF_KNOWN);
    }
  });

  for (const [name, start] of doors)
    it(`${name}: file actions open files outside, relative ones too`, async () => {
      const fileActions = new FileActions()
        .addChdir(path.dirname(outside))
        .addOpen(7, path.basename(outside), 'r')
        .addOpen(1, `${outside}.${name}`, 'w');
      const options = { chroot: root, cwd: '/sub', fileActions };
      // relative to the directory of the last action, not to that of the program
      const child = await start('/bin/probe', probeArgv('where', '/inside'), options);
      expect(await child.exited).to.include({ code: 0 });
      const told: Where = JSON.parse(readFileSync(`${outside}.${name}`, 'latin1'));
      expect(told).to.deep.include({ cwd: '/sub', files: ['inside'] });
    });
});
