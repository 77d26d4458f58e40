import type { Values } from '../../attributes/settings.js';
import type { PassedEnvironment } from '../../engine/environ.js';
import { ownEnvironment, pathOf } from '../../engine/environ.js';
import type { PlanEnvironment } from '../../plan/vocabulary.js';
import type { NormalizedSpawn } from './normalize.js';

/** What Node asks its handle to start. */
export interface StartRequest {
  readonly file: string;
  /** argv[0] included. */
  readonly args: readonly unknown[];
  /** Empty or absent: this process's own. */
  readonly cwd: unknown;
  readonly envPairs: readonly unknown[];
  readonly detached: boolean;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
}

/** Of a start that Node's ChildProcess has no part in. Field by field: to spread an object without prototype is slow. */
export function requestOf(options: NormalizedSpawn, args: readonly unknown[]): StartRequest {
  const { file, cwd, envPairs, detached } = options;
  const [uid, gid] = [idOf(options['uid']), idOf(options['gid'])];
  return { file, args, cwd, envPairs, detached, uid, gid };
}

function idOf(value: unknown): number | undefined {
  return (value as number | null | undefined) ?? undefined;
}

/** An empty path is none to the asynchronous functions; to the synchronous ones it is one that does not exist. */
export function startsInNoDirectory({ cwd }: NormalizedSpawn): boolean {
  return cwd !== undefined && cwd !== null && String(cwd) === '';
}

/** The same in the words of this library: Node's own options are attributes like ours. */
export interface RequestedStart {
  readonly argv: readonly string[];
  readonly environment: PlanEnvironment;
  /** The directories in which the program is searched. */
  readonly path: string;
  /** All that steps depend on among Node's own options, but for the file; null where that is not to be kept. */
  readonly key: string | null;
  /** Node's own options by the names of the attributes that they stand for. */
  readonly values: () => Values;
}

/** What execvp(3) searches where the child has no PATH. */
const USUAL_PATH = '/bin:/usr/bin';

export function readRequest(request: StartRequest): RequestedStart {
  const { args, envPairs, detached, uid, gid } = request;
  const cwd = request.cwd === undefined || request.cwd === null ? '' : asString(request.cwd);
  const { env, path = USUAL_PATH } = ownEnvironment(envPairs) ?? givenEnvironment(envPairs);
  return {
    argv: args.map(asString),
    environment: env,
    path,
    key: uid === undefined && gid === undefined ? `${cwd}\0${detached ? 'd' : ''}` : null,
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

/** As C sees it: a string that ends at its first NUL. Node checks strings for NUL, but not what other values become. */
function asString(value: unknown): string {
  if (typeof value === 'string' && !value.includes('\0')) return value;
  const string = textOf(value);
  const end = string.indexOf('\0');
  return end < 0 ? string : string.slice(0, end);
}

const REFUSES_WHAT_HAS_NO_TEXT = Number.parseInt(process.versions.node, 10) < 22;

/** A symbol, or an object whose toString throws: an error in Node 20, and no text since. */
function textOf(value: unknown): string {
  try {
    return `${value as string}`;
  } catch (error) {
    if (REFUSES_WHAT_HAS_NO_TEXT) throw error;
    return '';
  }
}
