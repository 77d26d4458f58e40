import { readFileSync } from 'node:fs';
import { binding } from './binding.js';

/** For whoever knows that children may bypass the library. */
export const OVERRIDE = 'FORKLESS_IGNORE_PRELOAD';

let found: { readonly library: string | null } | undefined;

/**
 * The library that has put functions of its own in the place of the C library's `execve` and its family, as bear,
 * fakechroot and snoopy do by LD_PRELOAD, or null. The engine makes system calls, and what it starts is not seen by
 * such a library. Needs the engine. Deno asks its user before it reads /proc, so nothing is looked up there.
 */
export function execHook(): string | null {
  found ??= { library: 'deno' in process.versions ? null : findHook() };
  return found.library;
}

/**
 * By where the functions lie. A library that also has other functions of the C library's, a sanitizer's or a whole C
 * library, is no hook; nor is the program itself, which may hold its C library. Without /proc nothing can be told, and
 * it passes for none.
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

/** Memory that belongs to no file has inode 0: code that is there cannot be told apart. */
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
