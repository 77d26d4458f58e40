import { binding } from '../binding.js';
import { builtin } from '../builtin.js';

const { readFileSync } = builtin('node:fs');

/** The environment variable with which a user allows children to bypass a library that `execHook` finds. */
export const OVERRIDE = 'FORKLESS_IGNORE_PRELOAD';

let found: { readonly library: string | null } | undefined;

/**
 * The library that has replaced the C library's `execve` or its family in this process, as bear, fakechroot and snoopy
 * do by LD_PRELOAD, or null. The engine makes system calls itself, so such a library does not see its children. Needs
 * the engine. Always null in Deno, which would ask the user for permission to read /proc.
 */
export function execHook(): string | null {
  found ??= { library: Object.hasOwn(process.versions, 'deno') ? null : findHook() };
  return found.library;
}

/**
 * Finds the file that each function's address belongs to. A file that also has other functions of the C library is not
 * a hook: it is a sanitizer, another C library, or a statically linked program. Without /proc the answer is null.
 */
function findHook(): string | null {
  const { family, others } = binding().execAddresses();
  const files = mappedFiles();
  const known = new Set(others.map((address) => fileAt(files, address)?.identity));
  for (const address of family) {
    const file = fileAt(files, address);
    if (file !== undefined && !known.has(file.identity)) return file.path;
  }
  return null;
}

interface MappedFile {
  readonly start: number;
  readonly end: number;
  readonly path: string;
  readonly identity: string;
}

function fileAt(files: readonly MappedFile[], address: number): MappedFile | undefined {
  return files.find(({ start, end }) => start <= address && address < end);
}

const MAPPING = /^([0-9a-f]+)-([0-9a-f]+) \S+ \S+ (\S+ [1-9]\d*) +(.*)$/gm;

/** Without memory that belongs to no file (inode 0): code there cannot be attributed. */
function mappedFiles(): MappedFile[] {
  return Array.from(readMaps().matchAll(MAPPING), ([, start = '', end = '', identity = '', path = '']) => ({
    start: Number.parseInt(start, 16),
    end: Number.parseInt(end, 16),
    path,
    identity,
  }));
}

function readMaps(): string {
  try {
    return readFileSync('/proc/self/maps', 'latin1');
  } catch {
    return '';
  }
}
