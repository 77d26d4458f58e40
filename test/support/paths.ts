import { fileURLToPath } from 'node:url';

/** A path inside the repository; the same from test/support and from dist-test/support. */
export function at(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

type Helper =
  | 'probe'
  | 'seccomp-run'
  | 'fd-run'
  | 'pty-run'
  | 'env-run'
  | 'signal-run'
  | 'trace-hold'
  | 'exec-gate'
  | 'uid-run'
  | 'meddle.node'
  | 'exec-hook.so'
  | 'spawn-hook.so'
  | 'other-hook.so';

/** A program of test/probe or test/native/helpers, compiled. */
export function helper(name: Helper): string {
  return at(`build/test/${name}`);
}
