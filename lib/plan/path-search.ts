import type { Bytes } from './vocabulary.js';

/** Is ENOENT to exec. The name alone would be a file of the working directory. */
const NOWHERE = '';

/** Longer paths cannot exist (PATH_MAX with its NUL): such an element is passed over, as musl does. */
const LONGEST_PATH = 4095;

/**
 * The candidates for a program's name, in the order in which exec is to try them. Nothing is looked at here: which
 * one exists and may be run is known only when exec tries (ENOENT and ENOTDIR go on, EACCES goes on and is remembered).
 *
 * @param path the search list, elements divided by `:`; an empty element is the working directory of the child.
 */
export function searchPath(file: Bytes, path: string): readonly Bytes[] {
  const name = typeof file === 'string' ? file : Buffer.from(file);
  if (name.length === 0 || name.includes('/') || Buffer.byteLength(name) > LONGEST_PATH) return [file];
  const candidates = path
    .split(':')
    .map((directory) => inDirectory(directory, name))
    .filter((candidate) => Buffer.byteLength(candidate) <= LONGEST_PATH);
  return candidates.length > 0 ? withoutRepeats(candidates) : [NOWHERE];
}

/** The same file tried again gives the same error, and nothing is lost: EACCES is remembered from the first time. */
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
