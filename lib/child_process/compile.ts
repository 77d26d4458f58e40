import type { PassedEnvironment } from '../engine/environ.js';
import { ownEnvironment, pathOf } from '../engine/environ.js';
import { planAssignment } from '../plan/assign.js';
import { KeptSteps } from '../plan/kept-steps.js';
import { searchPath } from '../plan/path-search.js';
import { onlyNamed } from '../plan/survivors.js';
import type { Plan, Step } from '../plan/vocabulary.js';
import { signalBit } from '../signals.js';
import type { Extras } from './extras.js';
import { noExtras } from './extras.js';

/** What becomes one number of the child. */
export interface Slot {
  /** The descriptor of this process that it is made of; null: nothing, and /dev/null for 0–2. */
  readonly fd: number | null;
  /** It was open before this start: libuv clears O_NONBLOCK there. */
  readonly shared: boolean;
}

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

const { O_RDONLY, O_RDWR } = { O_RDONLY: 0, O_RDWR: 2 };
const STANDARD = 3;
/** What execvp(3) searches where the child has no PATH. */
const USUAL_PATH = '/bin:/usr/bin';
/** Node ignores some, and a child must not inherit that. Real-time signals stay as they are, as in libuv. */
const STANDARD_SIGNALS = ((1n << 31n) - 1n) & ~signalBit(9) & ~signalBit(19);
const nobody = { sweep: [], leftovers: [] };

/**
 * The order of libuv, with the additional options in between:
 *
 * 1. sweep: descriptors that nobody named are closed
 * 2. session, and the other attributes of the POSIX level
 * 3. stdio, then the descriptors to inherit
 * 4. cwd, and the file actions, which start from there
 * 5. groups, gid, uid
 * 6. execve of the candidates; a file that is no program goes to /bin/sh
 */
export function compile(request: StartRequest, slots: readonly Slot[], extras: Extras): Plan {
  const { envPairs } = request;
  const { attributes } = extras;
  const cwd = request.cwd === undefined || request.cwd === null ? '' : asString(request.cwd);
  const { env, path = USUAL_PATH } = ownEnvironment(envPairs) ?? givenEnvironment(envPairs);
  const ids = idSteps(request, extras);
  return {
    steps:
      extras === noExtras && ids.length === 0
        ? usualSteps(request, slots, cwd, path)
        : stepsFor(request, slots, extras, cwd, path, ids),
    argv: request.args.map(asString),
    env,
    sigdefault: (STANDARD_SIGNALS | attributes.sigdefault) & ~attributes.sigignore,
    sigignore: attributes.sigignore,
    sigmask: attributes.sigmask ?? 0n,
    privateMemory: attributes.privateMemory || ids.length > 0,
    shellScripts: true,
    onlyNamed: !extras.inheritAll,
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

const kept = new KeptSteps();

function usualSteps(
  request: StartRequest,
  slots: readonly Slot[],
  cwd: string,
  path: string,
): readonly Step[] {
  const { file, detached } = request;
  let key = `${file}\0${file.includes('/') ? '' : path}\0${cwd}\0${detached ? 'd' : ''}`;
  for (const { fd, shared } of slots) key += shared ? `${fd}s,` : `${fd},`;
  return kept.get(key, () => stepsFor(request, slots, noExtras, cwd, path, []));
}

function stepsFor(
  { file, detached }: StartRequest,
  slots: readonly Slot[],
  extras: Extras,
  cwd: string,
  path: string,
  ids: readonly Step[],
): Step[] {
  const moves = [...stdioSteps(slots), ...extras.inherits];
  const survivors = extras.inheritAll ? nobody : onlyNamed([...moves, ...extras.actions], slots.length);
  return [
    ...survivors.sweep,
    ...sessionSteps(detached, extras),
    ...moves,
    ...(cwd === '' ? [] : [{ op: 'chdir', path: cwd } as const]),
    ...extras.actions,
    ...survivors.leftovers,
    ...ids,
    ...searchPath(file, path).map((candidate) => ({ op: 'execve', path: candidate }) as const),
  ];
}

function stdioSteps(slots: readonly Slot[]): Step[] {
  const steps = planAssignment(slots.map(({ fd }) => fd)).filter(({ op }) => op !== 'close');
  for (const [fd, slot] of slots.entries()) {
    if (fd >= STANDARD) break;
    if (slot.fd === null)
      steps.push({ op: 'open', fd, path: '/dev/null', flags: fd === 0 ? O_RDONLY : O_RDWR, mode: 0 });
    else if (slot.shared) steps.push({ op: 'set-blocking', fd });
  }
  return steps;
}

function sessionSteps(detached: boolean, extras: Extras): readonly Step[] {
  const { steps } = extras.attributes;
  return detached ? [{ op: 'setsid' }, ...steps.filter(({ op }) => op !== 'setsid')] : steps;
}

/** libuv drops the groups where it may, and says nothing where it may not. Groups that were asked for are set or fail. */
function idSteps({ uid, gid }: StartRequest, { groups }: Extras): Step[] {
  const steps: Step[] = [];
  if (groups !== null) steps.push({ op: 'setgroups', gids: groups });
  else if (uid !== undefined || gid !== undefined) steps.push({ op: 'drop-groups-if-allowed' });
  if (gid !== undefined) steps.push({ op: 'setgid', gid });
  if (uid !== undefined) steps.push({ op: 'setuid', uid });
  return steps;
}
