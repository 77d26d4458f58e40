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
