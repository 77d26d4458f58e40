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
  const mappings = readMappings();
  const known = new Set(others.map((address) => fileAt(mappings, address)?.identity));
  for (const address of family) {
    const file = fileAt(mappings, address);
    if (file !== undefined && !known.has(file.identity)) return file.path;
  }
  return null;
}

interface MappedFile {
  readonly path: string;
  readonly identity: string;
}

interface Mapping {
  readonly start: number;
  readonly end: number;
  readonly line: string;
}

const FILE = /^\S+ \S+ \S+ (\S+ [1-9]\d*) +(.*)$/;

/** undefined for memory that belongs to no file (inode 0): code there cannot be attributed. */
function fileAt(mappings: readonly Mapping[], address: number): MappedFile | undefined {
  const { line = '' } = mappings.find(({ start, end }) => start <= address && address < end) ?? {};
  const [, identity, path] = FILE.exec(line) ?? [];
  return identity === undefined || path === undefined ? undefined : { identity, path };
}

/** Only what is asked for is read of each line: this is part of the first start. */
function readMappings(): Mapping[] {
  const lines = readMaps().split('\n');
  return lines.map((line) => ({
    start: Number.parseInt(line, 16),
    end: Number.parseInt(line.slice(line.indexOf('-') + 1), 16),
    line,
  }));
}

function readMaps(): string {
  try {
    return readFileSync('/proc/self/maps', 'latin1');
  } catch {
    return '';
  }
}
