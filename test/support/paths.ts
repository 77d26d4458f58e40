import { fileURLToPath } from 'node:url';

/** A path inside the repository; the same from test/support and from dist-test/support. */
export function at(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

type Helper = 'probe' | 'seccomp-run' | 'fd-run' | 'pty-run' | 'trace-hold' | 'meddle.node';

/** What scripts/build-test-helpers.mjs has compiled. */
export function helper(name: Helper): string {
  return at(`build/helpers/${name}`);
}
