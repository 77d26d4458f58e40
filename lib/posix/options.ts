import type { ParsedAttributes, SpawnAttributes } from '../options/attributes.js';
import { parseAttributes } from '../options/attributes.js';
import type { FileActions } from '../options/file-actions.js';
import { checkFileActions } from '../options/file-actions.js';
import type { Bytes, PlanEnvironment } from '../plan/vocabulary.js';
import {
  checkBoolean,
  checkBytes,
  checkEach,
  checkFd,
  checkObject,
  invalidArgType,
  invalidArgValue,
} from '../validate.js';
import { parseEnvironment } from './environment.js';

/**
 * Options of {@link posixSpawn} and its siblings, all optional; undefined is the same as absent. One that is not known
 * is `ERR_INVALID_ARG_VALUE`. They are read during the call: what is changed after it has no effect. In which order
 * they are carried out: docs/posix-spawn.md.
 */
export interface PosixSpawnOptions extends SpawnAttributes {
  /**
   * The environment. An object gives `KEY=value` in its own order, undefined values left out; an array is envp as it
   * is, duplicates included. Default: `process.env`. Source: environ(7).
   */
  env?: Readonly<Record<string, string | undefined>> | readonly Bytes[] | undefined;
  /** Working directory, entered before `fds` and `fileActions`. Default: this process's own. Source: chdir(2). */
  cwd?: Bytes | undefined;
  /**
   * Simultaneous assignment: `fds[n]`, 0 … 2³¹−1, is the descriptor of this process that becomes the child's `n`; null:
   * closed there. Numbers beyond the array stay as they are (closed under `cloexecDefault`). Default: `[]`.
   */
  fds?: readonly (number | null)[] | undefined;
  /** What the child does with its descriptors after `fds`, in order. Default: nothing. */
  fileActions?: FileActions | undefined;
  /**
   * Cancels the start, as long as its promise is not settled: the child is killed and reaped, and the promise rejects
   * with an AbortError. Refused by the synchronous functions: nothing could abort them. Default: none.
   */
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
] satisfies Exclude<keyof SpawnAttributes, 'cloexecDefault'>[]);

const none: Readonly<Record<string, unknown>> = Object.freeze({ __proto__: null });
/** Most starts have no others: ten questions less on the event loop. */
const noAttributes = parseAttributes(none);
const onlyCloexecDefault = parseAttributes({ __proto__: null, cloexecDefault: true });

/**
 * Loose input, once, into a checked value.
 * @throws TypeError or RangeError with Node's codes, before anything happens.
 */
export function parseOptions(value: unknown): ParsedOptions {
  let env: unknown,
    cwd: unknown,
    fds: unknown,
    fileActions: unknown,
    signal: unknown,
    cloexecDefault: unknown;
  let attributes: Record<string, unknown> | undefined;
  // own properties, once: what a prototype holds was not asked for here, and a getter is asked only once
  const options = value === undefined ? none : { ...checkObject('options', value) };
  for (const key of Object.keys(options)) {
    const option = options[key];
    switch (key) {
      case 'env':
        env = option;
        break;
      case 'cwd':
        cwd = option;
        break;
      case 'fds':
        fds = option;
        break;
      case 'fileActions':
        fileActions = option;
        break;
      case 'signal':
        signal = option;
        break;
      case 'cloexecDefault':
        cloexecDefault = option;
        break;
      default:
        if (!attributeNames.has(key))
          throw invalidArgValue(`options.${key}`, option, 'is not an option of posixSpawn');
        attributes ??= { __proto__: null };
        attributes[key] = option;
    }
  }
  return {
    attributes: parseAllAttributes(attributes, cloexecDefault),
    env: parseEnvironment(env),
    cwd: cwd === undefined ? null : checkBytes('options.cwd', cwd),
    fds: fds === undefined ? [] : checkEach('options.fds', fds, checkSource),
    fileActions: fileActions === undefined ? null : checkFileActions('options.fileActions', fileActions),
    signal: signal === undefined ? null : checkAbortSignal('options.signal', signal),
  };
}

function parseAllAttributes(
  others: Record<string, unknown> | undefined,
  cloexecDefault: unknown,
): ParsedAttributes {
  if (others !== undefined) return parseAttributes({ __proto__: null, ...others, cloexecDefault });
  const only = cloexecDefault !== undefined && checkBoolean('options.cloexecDefault', cloexecDefault);
  return only ? onlyCloexecDefault : noAttributes;
}

export function parseArgv(value: unknown): readonly Bytes[] {
  const list = checkEach('argv', value, checkBytes);
  if (list.length === 0)
    throw invalidArgValue('argv', value, 'must not be empty: argv[0] is the name of the program');
  return list;
}

function checkSource(name: string, value: unknown): number | null {
  return value === null ? null : checkFd(name, value);
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
