import { checkEach, checkFd, checkString, copyOfObject, invalidArgValue } from '../validate.js';
import type { SetVariable } from './environment.js';

/** The protocol by which a program gets open descriptors. Source: sd_listen_fds(3). */

/** The number of the first one in the program. */
export const FIRST_FD = 3;

/** The step `listen-pid` writes the pid over it: csrc/steps/environment.c has the same text. */
const PID_PLACEHOLDER = '%'.repeat(10);

export interface Listen {
  readonly fds: readonly number[];
  readonly variables: ReadonlyMap<string, SetVariable>;
}

/** null: none is given. @throws TypeError or RangeError with Node's codes. */
export function listenOf(value: unknown): Listen | null {
  if (value === undefined) return null;
  const list = checkEach('service.listenFds', value, checkListenFd);
  if (list.length === 0) return null;
  const variables = {
    LISTEN_FDS: `${list.length}`,
    LISTEN_FDNAMES: list.map(({ name }) => name).join(':'),
    LISTEN_PID: PID_PLACEHOLDER,
  };
  return {
    fds: list.map(({ fd }) => fd),
    variables: new Map(
      Object.entries(variables).map(([key, text]) => [key, { value: text, by: 'listenFds' }]),
    ),
  };
}

function checkListenFd(label: string, value: unknown): { readonly fd: number; readonly name: string } {
  if (typeof value !== 'object') return { fd: checkFd(label, value), name: 'unknown' };
  const { fd, name = 'unknown', ...others } = copyOfObject(label, value);
  if (Object.keys(others).length > 0) throw invalidArgValue(label, value, 'must have `fd` and `name` alone');
  return { fd: checkFd(`${label}.fd`, fd), name: checkName(`${label}.name`, name) };
}

/** Printable ASCII without `:`, which separates the names; 1 to 255 characters. */
function checkName(label: string, value: unknown): string {
  const name = checkString(label, value);
  if (!/^[ -9;-~]{1,255}$/.test(name))
    throw invalidArgValue(label, value, 'must be 1 to 255 printable ASCII characters without ":"');
  return name;
}
