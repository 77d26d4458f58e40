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
  return candidates.length > 0 ? candidates : [NOWHERE];
}

function inDirectory(directory: string, name: string | Buffer): Bytes {
  if (directory === '') return name;
  const prefix = directory.endsWith('/') ? directory : `${directory}/`;
  return typeof name === 'string' ? prefix + name : Buffer.concat([Buffer.from(prefix), name]);
}
