import type { LooseOptions } from '../validate.js';
import { checkEach, invalidArgValue } from '../validate.js';
import { readAccounts } from './users.js';

/** What the service's user and groups mean for a start. */
export interface Ids {
  readonly options: { readonly uid?: number; readonly gid?: number; readonly groups?: readonly number[] };
  /** HOME, USER, LOGNAME and SHELL; null: there is no user, or /etc/passwd does not have it. */
  readonly login: Readonly<Record<string, string>> | null;
}

const numbers = { user: 'uid', group: 'gid', supplementaryGroups: 'groups' } as const;

/** @throws TypeError or RangeError with Node's codes. */
export function idsOf(given: LooseOptions): Ids {
  for (const [name, number] of Object.entries(numbers))
    if (given[name] !== undefined && given[number] !== undefined)
      throw invalidArgValue(`service.${name}`, given[name], `excludes \`${number}\``);
  const { user: who, group, supplementaryGroups } = given;
  if (who === undefined && group === undefined && supplementaryGroups === undefined)
    return { options: {}, login: null };

  const accounts = readAccounts();
  const more =
    supplementaryGroups === undefined
      ? undefined
      : checkEach('service.supplementaryGroups', supplementaryGroups, (name, entry) =>
          accounts.gid(name, entry),
        );
  const ownGid = group === undefined ? undefined : accounts.gid('service.group', group);
  if (who === undefined)
    return {
      options: {
        ...(ownGid === undefined ? {} : { gid: ownGid }),
        ...(more === undefined ? {} : { groups: more }),
      },
      login: null,
    };

  const { uid, user } = accounts.user('service.user', who);
  const gid = ownGid ?? (given['gid'] as number | undefined) ?? user?.gid;
  if (gid === undefined)
    throw invalidArgValue(
      'service.user',
      who,
      'is not in /etc/passwd, so `group` must be given: `getent passwd NUMBER` may know it',
    );
  const groups = new Set([gid, ...(user === undefined ? [] : accounts.groupsOf(user)), ...(more ?? [])]);
  return {
    options: { uid, gid, ...(given['groups'] === undefined ? { groups: [...groups] } : {}) },
    login:
      user === undefined
        ? null
        : { HOME: user.home, LOGNAME: user.name, USER: user.name, SHELL: user.shell || '/bin/sh' },
  };
}
