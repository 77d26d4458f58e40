import { builtin } from '../builtin.js';
import type { Bytes } from '../bytes.js';
import type { FileActions } from '../file-actions.js';
import { FileActions as Actions, checkFileActions, prefixed } from '../file-actions.js';
import type { Step } from '../plan/vocabulary.js';
import type { LooseOptions } from '../validate.js';
import { checkBoolean, checkBytes, copyOfObject, invalidArgValue } from '../validate.js';
import type { CopyEnvironment, SetVariable } from './environment.js';
import { environmentWith } from './environment.js';
import { idsOf } from './ids.js';
import type { Listen } from './listen.js';
import { listenOf } from './listen.js';

const { constants } = builtin('node:fs');
const { O_RDONLY, O_WRONLY, O_CREAT, O_APPEND, O_NOCTTY } = constants;
const LOG_MODE = 0o640;

/** What both doors get from a service. */
export interface Resolved {
  /** The options of the door among those of the service. */
  readonly rest: LooseOptions;
  /** `uid`, `gid`, `groups` and `env`, where the service sets them. */
  readonly options: LooseOptions;
  readonly logFile: Bytes | null;
  readonly listen: Listen | null;
}

/**
 * @param copyEnv copies the option `env` as the door reads it
 * @throws TypeError or RangeError with Node's codes
 */
export function resolve(value: unknown, copyEnv: CopyEnvironment): Resolved {
  const given = copyOfObject('service', value);
  const { user, group, supplementaryGroups, loginEnvironment, logFile, listenFds, ...others } = given;
  const rest = { __proto__: null, ...others } as LooseOptions;
  const { options, login } = idsOf(given);
  const listen = listenOf(listenFds);
  const variables = new Map<string, SetVariable>(listen?.variables ?? []);
  if (loginEnvironment !== undefined) checkBoolean('service.loginEnvironment', loginEnvironment);
  if (loginEnvironment !== false && login !== null)
    for (const [key, text] of Object.entries(login)) variables.set(key, { value: text, by: 'user' });
  const env = variables.size === 0 ? {} : { env: environmentWith(copyEnv(rest['env']), variables) };
  return {
    rest,
    options: { ...options, ...env },
    logFile: logFile === undefined ? null : checkBytes('service.logFile', logFile),
    listen,
  };
}

/** The service's own steps, then the caller's file actions. `null` where there are none. */
export function actionsOf({ rest, logFile, listen }: Resolved, opensInput: boolean): FileActions | undefined {
  const steps: Step[] = [];
  if (opensInput) steps.push({ op: 'open', fd: 0, path: '/dev/null', flags: O_RDONLY, mode: 0 });
  // One open file for both: what the two write is appended in the order in which it is written.
  if (logFile !== null)
    steps.push(
      { op: 'open', fd: 1, path: logFile, flags: O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY, mode: LOG_MODE },
      { op: 'dup2', fd: 1, newFd: 2 },
    );
  if (listen !== null) steps.push({ op: 'listen-pid' });
  const own = rest['fileActions'];
  const actions = own === undefined ? undefined : checkFileActions('service.fileActions', own);
  return steps.length === 0 ? actions : prefixed(steps, actions ?? new Actions());
}

/** @param option `fds` or `stdio`, which gives the child a number that the service gives it, too */
export function collision(option: string, value: unknown, by: string): TypeError {
  return invalidArgValue(`service.${option}`, value, `excludes \`${by}\`, which settles the same number`);
}
