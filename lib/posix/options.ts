import type { ParsedAttributes, SpawnAttributes } from '../options/attributes.js';
import { parse, parseAttributes } from '../options/attributes.js';
import type { FileActions } from '../options/file-actions.js';
import { checkFileActions } from '../options/file-actions.js';
import type { Bytes, PlanEnvironment } from '../plan/vocabulary.js';
import {
  checkArray,
  checkBytes,
  checkEach,
  checkFd,
  checkObject,
  invalidArgType,
  invalidArgValue,
} from '../validate.js';
import { parseEnvironment } from './environment.js';

export interface PosixSpawnOptions extends SpawnAttributes {
  /** Default: `process.env`. An object gives `KEY=value` in its own order, undefined left out; an array is envp as it is. */
  env?: Readonly<Record<string, string | undefined>> | readonly Bytes[] | undefined;
  /** Working directory, set before `fds` and `fileActions`. */
  cwd?: Bytes | undefined;
  /**
   * Simultaneous assignment: `fds[n]` is the parent's descriptor that becomes the child's `n`; null: closed there.
   * Numbers beyond the array stay as they are (closed under `cloexecDefault`).
   */
  fds?: readonly (number | null)[] | undefined;
  /** After `fds`, in order. */
  fileActions?: FileActions | undefined;
  /** Cancels the start, until exec has happened. Not for the synchronous functions: nothing could abort it. */
  signal?: AbortSignal | undefined;
}

export interface ParsedOptions {
  readonly attributes: ParsedAttributes;
  readonly env: PlanEnvironment;
  readonly cwd: Bytes | null;
  readonly fds: readonly (number | null)[];
  readonly fileActions: FileActions | null;
  readonly signal: AbortSignal | null;
}

const attributeNames: ReadonlySet<string> = new Set([
  'pgroup',
  'setsid',
  'resetIds',
  'uid',
  'gid',
  'groups',
  'sigmask',
  'sigdefault',
  'sigignore',
  'schedPolicy',
  'schedPriority',
  'umask',
  'cloexecDefault',
] satisfies (keyof SpawnAttributes)[]);

const otherNames: ReadonlySet<string> = new Set([
  'env',
  'cwd',
  'fds',
  'fileActions',
  'signal',
] satisfies (keyof PosixSpawnOptions)[]);

const none: Readonly<Record<string, unknown>> = Object.freeze({ __proto__: null });
/** Most starts have none: ten questions less on the event loop. */
const noAttributes = parseAttributes(none);

/**
 * Loose input, once, into a checked value.
 * @throws TypeError or RangeError with Node's codes, before anything happens.
 */
export function parseOptions(value: unknown): ParsedOptions {
  // own properties, once: what a prototype holds was not asked for here, and a getter is asked only once
  const options: Readonly<Record<string, unknown>> =
    value === undefined ? none : { __proto__: null, ...checkObject('options', value) };
  let hasAttributes = false;
  for (const key in options) {
    if (attributeNames.has(key)) hasAttributes = true;
    else if (!otherNames.has(key))
      throw invalidArgValue(`options.${key}`, options[key], 'is not an option of posixSpawn');
  }
  return {
    attributes: hasAttributes ? parseAttributes(options) : noAttributes,
    env: parseEnvironment(options['env']),
    cwd: parse(options, 'cwd', null, checkBytes),
    fds: parse(options, 'fds', [], parseFds),
    fileActions: parse(options, 'fileActions', null, checkFileActions),
    signal: parse(options, 'signal', null, checkAbortSignal),
  };
}

export function parseArgv(value: unknown): readonly Bytes[] {
  const list = checkArray('argv', value);
  if (list.length === 0)
    throw invalidArgValue('argv', value, 'must not be empty: argv[0] is the name of the program');
  return checkEach('argv', list, checkBytes);
}

function parseFds(name: string, value: unknown): readonly (number | null)[] {
  return checkEach(name, value, (entryName, entry) => (entry === null ? null : checkFd(entryName, entry)));
}

/** By the getter of its class, which knows its own: a look-alike may lack what is called on it later. */
function checkAbortSignal(name: string, value: unknown): AbortSignal {
  try {
    Reflect.get(AbortSignal.prototype, 'aborted', value);
    return value as AbortSignal;
  } catch {
    throw invalidArgType(name, 'an instance of AbortSignal', value);
  }
}
