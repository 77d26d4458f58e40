import type { Bytes } from './vocabulary.js';

/** execve('') fails with ENOENT. The name itself must not be tried: it would be a file of the working directory. */
const NOT_FOUND = '';

/** PATH_MAX without its NUL. Candidates that are longer are left out, as in musl. */
const LONGEST_PATH = 4095;

/**
 * The candidates for a program's name, in the order in which exec tries them. The file system is not read: only exec
 * finds out which one exists and may be run. After ENOENT, ENOTDIR and EACCES it tries the next; if none can be run and
 * one of them was EACCES, that is the error.
 *
 * @param path directories separated by `:`; an empty one is the child's working directory
 */
export function searchPath(file: Bytes, path: string): readonly Bytes[] {
  const name = typeof file === 'string' ? file : Buffer.from(file);
  if (name.length === 0 || name.includes('/') || Buffer.byteLength(name) > LONGEST_PATH) return [file];
  const candidates = path
    .split(':')
    .map((directory) => inDirectory(directory, name))
    .filter((candidate) => Buffer.byteLength(candidate) <= LONGEST_PATH);
  return candidates.length > 0 ? withoutRepeats(candidates) : [NOT_FOUND];
}

/** Trying the same file again would give the same error. */
function withoutRepeats(candidates: readonly Bytes[]): readonly Bytes[] {
  const known = new Set<string>();
  return candidates.filter((candidate) => {
    const key = typeof candidate === 'string' ? candidate : Buffer.from(candidate).toString('latin1');
    return known.size < known.add(key).size;
  });
}

function inDirectory(directory: string, name: string | Buffer): Bytes {
  if (directory === '') return name;
  const prefix = directory.endsWith('/') ? directory : `${directory}/`;
  return typeof name === 'string' ? prefix + name : Buffer.concat([Buffer.from(prefix), name]);
}
