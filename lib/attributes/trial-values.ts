import { builtin } from '../builtin.js';
import { FileActions } from '../file-actions.js';
import { asRanges } from './bit-words.js';

const { accessSync, constants, existsSync, readFileSync } = builtin('node:fs');

/** Values of trials that leave the child as this process is: those that everybody may set are not the same everywhere. */

/** Where it is not told, the first one, which most machines have. */
export function ownCpus(): readonly number[] {
  const [, list = '0'] = /^Cpus_allowed_list:\t(.+)$/m.exec(read('/proc/thread-self/status')) ?? [];
  return asRanges(list, 'Cpus_allowed_list');
}

/**
 * The folder of this process's own cgroup, in a hierarchy where it may join it, if there is one. The usual places are
 * enough. Source: cgroups(7).
 */
export function ownCgroup(): string {
  const lines = [...read('/proc/self/cgroup').matchAll(/^\d+:([^:\n]*):(\/.*)$/gm)];
  const folders = lines
    .flatMap(([, controllers = '', path = '']) => {
      const mounts = controllers === '' ? [ROOT, `${ROOT}/unified`] : [`${ROOT}/${nameOf(controllers)}`];
      return mounts.map((mount) => (path === '/' ? mount : `${mount}${path}`));
    })
    .filter((folder) => existsSync(`${folder}/cgroup.procs`));
  return folders.find((folder) => isWritable(`${folder}/cgroup.procs`)) ?? folders[0] ?? ROOT;
}

const ROOT = '/sys/fs/cgroup';

/** A hierarchy without controllers has a name: `name=systemd`. */
function nameOf(controllers: string): string {
  return controllers.replace('name=', '');
}

/** Of the two modules, AppArmor alone ends the label of a process with a newline. */
export function ownLabel(): { apparmor: string } | { selinux: string } {
  const label = read('/proc/thread-self/attr/current');
  if (label !== '' && !label.endsWith('\n')) return { selinux: label.replace('\0', '') };
  const [profile] = label.split(/ \(|\n/);
  return { apparmor: profile || 'unconfined' };
}

/** The child makes the terminal itself: on the number of a master, TIOCSCTTY means the other end. It goes with the child. */
export function withOwnTerminal(): object {
  const { O_RDWR, O_NOCTTY } = constants;
  return {
    setsid: true,
    ctty: FREE_FD,
    fileActions: new FileActions().addOpen(FREE_FD, '/dev/ptmx', O_RDWR | O_NOCTTY),
  };
}

/** A device, which nobody can execute: EACCES of the last step, as the trial wants it. */
export function withoutProgram(): object {
  return {
    execFd: FREE_FD,
    fileActions: new FileActions().addOpen(FREE_FD, '/dev/null', constants.O_RDONLY),
  };
}

/** The child opens it: what is open under this number here is not touched. */
const FREE_FD = 3;

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

function isWritable(file: string): boolean {
  try {
    accessSync(file, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
