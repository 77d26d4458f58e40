// Programs that start a program under changed circumstances, for `launcher` of runNode and startNode.
import { helper } from './paths.js';

/**
 * Under a seccomp filter from the start: 'clone3=ENOSYS', 'clone-vm=EPERM', …, see test/native/helpers/seccomp-rules.h.
 * clone3 bears no other errno than ENOSYS, or Node can make no threads: `meddle.installSeccomp` inside of it can.
 */
export function seccompRun(...rules: readonly string[]): string[] {
  return [helper('seccomp-run'), ...rules, '--'];
}

/** Descriptors: '-0' is closed, '20' and '20-69' are open on /dev/null and inheritable. */
export function fdRun(...descriptors: readonly string[]): string[] {
  return [helper('fd-run'), ...descriptors, '--'];
}

/** As the leader of a new session on a new pseudo terminal. stdout and stderr both come out as stdout. */
export function ptyRun(): string[] {
  return [helper('pty-run')];
}

/** As a set-uid program has it: real user and group `real`, effective and saved ones `effective`. Only root can. */
export function uidRun(real: number, effective: number): string[] {
  return [helper('uid-run'), `${real}`, `${effective}`, '--'];
}

/** As root without a capability, named as capabilities(7) does but for CAP_. Another user has none: nothing is taken away. */
export function withoutCapability(name: string): string[] {
  return process.getuid?.() === 0 ? ['setpriv', `--bounding-set=-${name}`] : [];
}

/** With signals ignored, 32 and 33 included. Node puts 1 to 31 back when it starts, and the mask too. */
export function signalRun(...ignored: readonly number[]): string[] {
  return [helper('signal-run'), ...ignored.map(String), '--'];
}

/**
 * Without /proc: an empty file system lies over it, for this process and what it starts. Only root can. A program that
 * needs it starts by `withProc`.
 */
export function withoutProc(): string[] {
  return ['unshare', '--mount', 'sh', '-c', 'mount -t tmpfs none /proc && exec "$@"', 'sh'];
}

/** Takes that away again, for one program. */
export function withProc(...command: readonly string[]): string[] {
  return ['unshare', '--mount', 'sh', '-c', 'umount /proc && exec "$@"', 'sh', ...command];
}

/** With this soft and hard limit of descriptors. */
export function limitRun(nofile: number): string[] {
  return ['prlimit', `--nofile=${nofile}`];
}

/** With entries added to its environment as they are: a key twice, 'no equals sign', 'BYTES=%FF'. */
export function envRun(...entries: readonly string[]): string[] {
  return [helper('env-run'), ...entries, '--'];
}

/** With children that can be held right before exec: see test/native/helpers/exec-gate.c. */
export function gateRun(): string[] {
  return [helper('exec-gate')];
}
