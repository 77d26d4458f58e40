// Without a kernel that runs one of the modules, the labels are read from files in the place of /proc.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { posixSpawnSync } from 'forkless';
import type { Options, Refusal } from '../support/every-door.js';
import { everyDoor, outputBy, refusalBy } from '../support/every-door.js';
import { seccompRun } from '../support/launchers.js';
import { runProgram } from '../support/program.js';
import { tempPath } from '../support/temp.js';

const syscall = 'lsm_set_self_attr';
const apparmor: Options = { securityLabel: { apparmor: 'no-such-profile' } };
const selinux: Options = { securityLabel: { selinux: 'no_such:context:of:s0' } };

function isActive(module: 'apparmor' | 'selinux'): boolean {
  if (module === 'selinux') return /\bselinuxfs$/m.test(readFileSync('/proc/filesystems', 'latin1'));
  const file = '/sys/module/apparmor/parameters/enabled';
  return existsSync(file) && readFileSync(file, 'latin1').startsWith('Y');
}

describe('securityLabel', () => {
  for (const [module, options] of Object.entries({ apparmor, selinux }))
    it(`is refused by every door, with nothing started, where the kernel does not run ${module}`, async function () {
      if (isActive(module as 'apparmor')) return this.skip();
      for (const [name, run] of everyDoor) {
        expect(await refusalBy(run, options), name).to.deep.equal({ code: 'ENOTSUP', step: module, syscall });
        const trace = tempPath('trace');
        await run('/bin/sh', ['-c', ': > "$0"', trace], options).catch(() => {});
        expect(existsSync(trace), name).to.equal(false);
        expect(await outputBy(run, 'echo begun', {})).to.equal('begun');
      }
    });

  it('is what the program has, or the error of the module, where the kernel runs apparmor', async function () {
    if (!isActive('apparmor')) {
      console.log('      the kernel does not run AppArmor: not shown');
      return this.skip();
    }
    for (const [, run] of everyDoor) {
      expect(await refusalBy(run, apparmor)).to.include({ step: 'apparmor' });
      const label = await outputBy(run, 'cat /proc/self/attr/current', {
        securityLabel: { apparmor: 'unconfined' },
      });
      expect(label).to.equal('unconfined');
    }
  });

  it('names the module that refuses in its message', () => {
    if (isActive('selinux')) return;
    expect(() => posixSpawnSync('/bin/true', ['true'], selinux as object)).to.throw(/selinux/);
  });
});

interface Found {
  /** By door: the error, or what was written to the files. */
  readonly [door: string]: Refusal | Record<string, string>;
}

describe('securityLabel, before Linux 6.8', function () {
  this.timeout(60_000);

  before(function () {
    if (process.getuid?.() !== 0) this.skip(); // nobody else can mount something
  });

  /**
   * With files in the place of /proc/thread-self/attr. The real /proc is at $1.
   * @param make commands of the shell, in that folder
   */
  async function ask(
    options: Options,
    make: string,
    files: readonly string[] = [],
    rule = 'lsm_set_self_attr=ENOSYS',
  ): Promise<Found> {
    const real = tempPath('proc');
    mkdirSync(real);
    const script = `
      mount --bind /proc "$0" && mount -t tmpfs none /proc && ${make.replaceAll('$real', '"$0"')}
      exec "$@"`;
    const launcher = [...['unshare', '--mount', 'sh', '-c', script, real], ...seccompRun(rule)];
    return runProgram<Found>(import.meta.url, 'security-label', { options, files }, { launcher });
  }

  const each = (value: Found[string]): Found => Object.fromEntries(everyDoor.map(([name]) => [name, value]));
  const refused = (code: string, step: string): Found => each({ code, step, syscall });
  const folder = 'mkdir -p /proc/thread-self/attr && cd /proc/thread-self/attr && ';
  const both = `${folder} mkdir apparmor && : > exec && : > apparmor/exec && cd /`;
  const one = `${folder} : > exec && cd /`;

  it('is written where each module reads it', async () => {
    const files = ['exec', 'apparmor/exec'];
    expect(await ask({ securityLabel: { apparmor: 'a profile' } }, both, files)).to.deep.equal(
      each({ exec: '', 'apparmor/exec': 'exec a profile' }),
    );
    expect(await ask({ securityLabel: { selinux: 'u:r:ü:s0' } }, both, files)).to.deep.equal(
      each({ exec: 'u:r:ü:s0', 'apparmor/exec': '' }),
    );
    expect(await ask({ securityLabel: { selinux: 'c', apparmor: 'p' } }, both, files)).to.deep.equal(
      each({ exec: 'c', 'apparmor/exec': 'exec p' }),
    );
  });

  it('is written where kernels with one module read it', async () => {
    expect(await ask({ securityLabel: { apparmor: 'p' } }, one, ['exec'])).to.deep.equal(
      each({ exec: 'exec p' }),
    );
  });

  it('fails by the error of the write', async () => {
    const full = `${folder} ln -s /dev/full exec && cd /`;
    expect(await ask(selinux, full)).to.deep.equal(refused('ENOSPC', 'selinux'));
    expect(await ask(apparmor, full)).to.deep.equal(refused('ENOSPC', 'apparmor'));
  });

  it('is ENOTSUP on a kernel without security modules, ENOENT without /proc', async () => {
    expect(await ask(selinux, 'mkdir /proc/thread-self')).to.deep.equal(refused('ENOTSUP', 'selinux'));
    expect(await ask(apparmor, 'true')).to.deep.equal(refused('ENOENT', 'apparmor'));
  });

  it('fails if the kernel takes a part of it only', async () => {
    const options: Options = { ...selinux, rlimits: { fsize: 3 } };
    expect(await ask(options, one)).to.deep.equal(refused('EINVAL', 'selinux'));
  });

  it('fails by the first refusal where there is no /proc to ask again', async () => {
    expect(await ask(selinux, 'true', [], 'lsm_set_self_attr=EPERM')).to.deep.equal(
      refused('EPERM', 'selinux'),
    );
    expect(await ask(selinux, one, ['exec'], 'lsm_set_self_attr=EPERM')).to.deep.equal(
      each({ exec: 'no_such:context:of:s0' }),
    );
  });

  it('is ENOTSUP if another module has refused the label, EINVAL if its own has', async function () {
    if (isActive('apparmor') || isActive('selinux')) {
      console.log('      the kernel runs a security module, whose errors differ: not shown');
      return this.skip();
    }
    // a write to the real file is EINVAL
    const answers = (current: string): string =>
      `${folder} ln -s $real/thread-self/attr/exec exec && ${current} && cd /`;
    const ofAppArmor = answers("printf 'unconfined\\n' > current");
    const ofSelinux = answers("printf 'u:r:t:s0\\0' > current");
    const ofNone = answers('ln -s $real/thread-self/attr/current current');
    expect(await ask(apparmor, ofAppArmor)).to.deep.equal(refused('EINVAL', 'apparmor'));
    expect(await ask(selinux, ofAppArmor)).to.deep.equal(refused('ENOTSUP', 'selinux'));
    expect(await ask(apparmor, ofSelinux)).to.deep.equal(refused('ENOTSUP', 'apparmor'));
    expect(await ask(selinux, ofSelinux)).to.deep.equal(refused('EINVAL', 'selinux'));
    expect(await ask(apparmor, ofNone)).to.deep.equal(refused('ENOTSUP', 'apparmor'));
    expect(await ask(selinux, ofNone)).to.deep.equal(refused('ENOTSUP', 'selinux'));
  });
});
