import { builtin } from '../builtin.js';
import { checkInteger, invalidArgType, invalidArgValue } from '../validate.js';

const { readFileSync } = builtin('node:fs');

/**
 * Users and groups by their names, as /etc/passwd and /etc/group of this process have them. Other sources (LDAP, NIS,
 * systemd-homed) are only to be had through the C library's plug-ins, so they are not asked: a name that only they know
 * is refused. Source: passwd(5), group(5).
 */

export interface User {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

interface Group {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

/** The highest 32-bit number is the kernel's "no change". */
const HIGHEST_ID = 0xfffffffe;

export class Accounts {
  readonly #users: readonly User[];
  readonly #groups: readonly Group[];

  constructor(passwd: string, group: string) {
    this.#users = fieldsOf(passwd, 4).flatMap(([name = '', , uid, gid, , home = '', shell = '']) =>
      isId(uid) && isId(gid) ? [{ name, uid: Number(uid), gid: Number(gid), home, shell }] : [],
    );
    this.#groups = fieldsOf(group, 3).flatMap(([name = '', , gid, members = '']) =>
      isId(gid) ? [{ name, gid: Number(gid), members: members.split(',').map(withoutIndent) }] : [],
    );
  }

  /**
   * A name must be known. A number need not be: then there is no user.
   * @throws TypeError or RangeError
   */
  user(label: string, value: unknown): { readonly uid: number; readonly user: User | undefined } {
    if (typeof value === 'string') {
      const user = this.#users.find(({ name }) => name === value);
      if (user === undefined) throw unknown(label, value, 'user', 'passwd');
      return { uid: user.uid, user };
    }
    const uid = checkNumber(label, value);
    return { uid, user: this.#users.find((each) => each.uid === uid) };
  }

  /** @throws TypeError or RangeError */
  gid(label: string, value: unknown): number {
    if (typeof value !== 'string') return checkNumber(label, value);
    const group = this.#groups.find(({ name }) => name === value);
    if (group === undefined) throw unknown(label, value, 'group', 'group');
    return group.gid;
  }

  /** The groups that list the user as a member. */
  groupsOf({ name }: User): number[] {
    return this.#groups.filter(({ members }) => members.includes(name)).map(({ gid }) => gid);
  }
}

export function readAccounts(): Accounts {
  return new Accounts(textOf('/etc/passwd'), textOf('/etc/group'));
}

/** A system without the file has no names. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/**
 * The entries, as the C library reads them: what is missing after the ids is empty. Comments, entries of NIS (`+`, `-`)
 * and what is cut off before that do not count.
 */
function fieldsOf(text: string, count: number): string[][] {
  return text
    .split('\n')
    .map(withoutIndent)
    .filter((line) => !/^(?:[#+-]|$)/.test(line))
    .map((line) => line.split(':'))
    .filter((fields) => fields.length >= count);
}

function withoutIndent(text: string): string {
  return text.trimStart();
}

function isId(text: string | undefined): boolean {
  return text !== undefined && /^\d+$/.test(text) && Number(text) <= HIGHEST_ID;
}

function checkNumber(label: string, value: unknown): number {
  if (typeof value !== 'number') throw invalidArgType(label, 'of type string or number', value);
  return checkInteger(label, value, 0, HIGHEST_ID);
}

function unknown(label: string, value: string, kind: string, file: string): TypeError {
  return invalidArgValue(
    label,
    value,
    `must be a ${kind} of /etc/${file}. Other sources are not asked: give the number that \`getent ${file} NAME\` prints`,
  );
}
