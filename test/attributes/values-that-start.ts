// Values of each attribute with which a program can start here: for tests that take all attributes from the index.
import type { AnyAttribute } from '#lib/attributes/attribute.js';
import { attributes } from '#lib/attributes/index.js';

const every: readonly AnyAttribute[] = attributes;

/** Attributes of the process: its descriptors, directory and environment are not this process's own. */
export const ofTheProcess = every.filter(
  ({ kind, phase, doors }) => kind === 'attribute' && phase !== 'call' && doors.posix === 'own',
);

/** In place of the examples of the attribute, where those make no start succeed. */
const better: Readonly<Record<string, readonly object[]>> = {
  chroot: [{ chroot: '/' }],
  dieWithParent: [{ dieWithParent: true }],
  schedPriority: [{ schedPriority: 5, schedPolicy: 'SCHED_RR' }, { schedPriority: 0 }],
  noctty: [{ noctty: true }, { noctty: true, setsid: true }],
  uid: [{ uid: 1234 }, { uid: 0 }],
  gid: [{ gid: 1234 }, { gid: 0 }],
  // fails when the child is traced already: standard input is no program
  ptrace: [{ ptrace: true, execFd: 0 }],
};

/** Which of them are refused here whatever the value, and why. */
export const neverStarts: Readonly<Record<string, string>> = {
  securityLabel: 'needs a kernel that runs the security module',
  cgroup: 'needs a group that was made for it',
  ctty: 'needs a terminal',
  foreground: 'needs a terminal',
  execFd: 'needs a descriptor of a program',
  ptrace: 'the program would wait for its tracer',
};

/** Options of starts, one after the other. */
export function startsOf({ name, right }: AnyAttribute): readonly object[] {
  return better[name] ?? right().map((value) => ({ [name]: value }));
}
