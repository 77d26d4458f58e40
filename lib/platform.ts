import { builtin, nodeProcess } from './builtin.js';

const { release } = builtin('node:os');

/** What this package supports, and what this machine is. Loads no native code. */

/** The processors that there are binaries for, by Node's names, and the number of each in an ELF file (e_machine). */
export const MACHINES: Readonly<Record<string, number>> = { x64: 62, arm64: 183 };

/** As they are at the import: a test that changes `process.platform` may be running when the engine is loaded. */
export const { arch, platform } = nodeProcess;

const OLDEST_KERNEL = [5, 4] as const;

/** Why this package cannot start processes on this machine, or null. */
export function unavailable(): string | null {
  if (platform !== 'linux') return `it needs Linux, this is ${platform}`;
  if (!Object.hasOwn(MACHINES, arch))
    return `it has binaries for ${Object.keys(MACHINES).join(' and ')}, this is ${arch}`;
  const kernel = kernelRelease();
  if (kernel === '') return null;
  const [major = 0, minor = 0] = kernel.split('.').map(Number);
  const [oldMajor, oldMinor] = OLDEST_KERNEL;
  if (major < oldMajor || (major === oldMajor && minor < oldMinor))
    return `it needs Linux ${OLDEST_KERNEL.join('.')} or later, this is ${kernel}`;
  return null;
}

/** The kernel's release, from uname(2). Empty where Deno refuses it: it needs `--allow-sys`. */
export function kernelRelease(): string {
  try {
    return release();
  } catch {
    return '';
  }
}
