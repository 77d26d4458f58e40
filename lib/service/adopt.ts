import { setCloexec } from '../posix/descriptors.js';
import { HIGHEST_FD, invalidArgValue } from '../validate.js';
import { FIRST_FD } from './listen.js';

/** A descriptor that this process got from the program that started it. */
export interface AdoptedFd {
  /** Its number: 3 and following. */
  readonly fd: number;
  /** As LISTEN_FDNAMES has it; `'unknown'` without that variable. */
  readonly name: string;
}

const VARIABLES = ['LISTEN_PID', 'LISTEN_PIDFDID', 'LISTEN_FDS', 'LISTEN_FDNAMES'];

/**
 * For the program that is started: the descriptors that it got by `listenFds` of this package, or by a socket unit of
 * systemd. Sets close-on-exec on each, and deletes the variables from `process.env`, so that its own children do not take
 * them for theirs. Call it once, at the beginning. Source: sd_listen_fds_with_names(3), with `unset_environment`.
 *
 * @returns none if the variables are absent, or are not meant for this process: LISTEN_PID is another one's.
 * @throws TypeError: a variable is not as it must be; Error `EBADF`: a descriptor is not open. The variables are deleted
 *   then, too.
 */
export function adoptFds(): AdoptedFd[] {
  const { LISTEN_PID: pid, LISTEN_FDS: count, LISTEN_FDNAMES: names } = process.env;
  for (const variable of VARIABLES) delete process.env[variable];
  if (pid === undefined) return [];
  if (checkNumber('LISTEN_PID', pid, 1, HIGHEST_FD) !== process.pid || count === undefined) return [];
  const length = checkNumber('LISTEN_FDS', count, 1, HIGHEST_FD - FIRST_FD);
  for (let fd = FIRST_FD; fd < FIRST_FD + length; fd++) setCloexec(fd, true);
  const list = names?.split(':');
  if (list !== undefined && list.length !== length)
    throw invalidArgValue(
      'process.env.LISTEN_FDNAMES',
      names,
      `must have ${length} names, as LISTEN_FDS says`,
    );
  return Array.from({ length }, (_, index) => ({ fd: FIRST_FD + index, name: list?.[index] ?? 'unknown' }));
}

function checkNumber(variable: string, text: string, lowest: number, highest: number): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : -1;
  if (number < lowest || number > highest)
    throw invalidArgValue(`process.env.${variable}`, text, `must be a number, ${lowest} … ${highest}`);
  return number;
}
