import type { Values } from '../../attributes/settings.js';
import type { PassedEnvironment } from '../../engine/environ.js';
import { ownEnvironment, pathOf } from '../../engine/environ.js';
import type { PlanEnvironment } from '../../plan/vocabulary.js';
import type { NormalizedSpawn } from './normalize.js';

/** What to start, in Node's terms; `InnerStart` without `stdio`. */
export interface StartRequest {
  readonly file: string;
  /** argv[0] included. */
  readonly args: readonly unknown[];
  /** Empty, null or undefined: this process's own. */
  readonly cwd: unknown;
  /** `KEY=value`. */
  readonly envPairs: readonly unknown[];
  readonly detached: boolean;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
}

/**
 * For a start that does not go through Node's ChildProcess. The fields are copied one by one, because spreading an object
 * without prototype is slow.
 */
export function requestOf(options: NormalizedSpawn, args: readonly unknown[]): StartRequest {
  const { file, cwd, envPairs, detached } = options;
  const [uid, gid] = [idOf(options['uid']), idOf(options['gid'])];
  return { file, args, cwd, envPairs, detached, uid, gid };
}

function idOf(value: unknown): number | undefined {
  return (value as number | null | undefined) ?? undefined;
}

/** Is `cwd` empty? The asynchronous functions then use this process's directory; the synchronous ones fail with ENOENT. */
export function startsInNoDirectory({ cwd }: NormalizedSpawn): boolean {
  return cwd !== undefined && cwd !== null && String(cwd) === '';
}

export function setsIds({ uid, gid }: StartRequest): boolean {
  return uid !== undefined || gid !== undefined;
}

/** The same in this library's terms: Node's options as attributes. */
export interface RequestedStart {
  readonly argv: readonly string[];
  readonly environment: PlanEnvironment;
  /** The directories in which the program is searched. */
  readonly path: string;
  /** A text with all of Node's options that the steps depend on, except the file. */
  readonly key: string;
  /** Node's options under the names of the corresponding attributes. */
  readonly values: () => Values;
}

/** What execvp(3) searches if the child has no PATH. */
const DEFAULT_PATH = '/bin:/usr/bin';

export function readRequest(request: StartRequest): RequestedStart {
  const { args, envPairs, detached, uid, gid } = request;
  const cwd = request.cwd === undefined || request.cwd === null ? '' : asString(request.cwd);
  const { env, path = DEFAULT_PATH } = ownEnvironment(envPairs) ?? givenEnvironment(envPairs);
  return {
    argv: args.map(asString),
    environment: env,
    path,
    key: `${cwd}\0${detached ? 'd' : ''}\0${uid ?? ''}\0${gid ?? ''}`,
    values: () => ({
      __proto__: null,
      ...(cwd === '' ? undefined : { cwd }),
      ...(detached ? { setsid: true } : undefined),
      ...(uid === undefined ? undefined : { uid }),
      ...(gid === undefined ? undefined : { gid }),
    }),
  };
}

function givenEnvironment(pairs: readonly unknown[]): PassedEnvironment {
  const env = pairs.map(asString);
  return { env, path: pathOf(env) };
}

/**
 * The string as C reads it: up to the first NUL. Node rejects strings with NUL, but does not check strings that it makes
 * from other values.
 */
function asString(value: unknown): string {
  if (typeof value === 'string' && !value.includes('\0')) return value;
  const string = textOf(value);
  const end = string.indexOf('\0');
  return end < 0 ? string : string.slice(0, end);
}

const THROWS_WITHOUT_TEXT = Number.parseInt(process.versions.node, 10) < 22;

/** For a symbol, or an object whose `toString` throws: Node 20 throws, later versions use an empty string. */
function textOf(value: unknown): string {
  try {
    return `${value as string}`;
  } catch (error) {
    if (THROWS_WITHOUT_TEXT) throw error;
    return '';
  }
}
