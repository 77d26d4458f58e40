import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import { idsOf } from '#lib/service/ids.js';
import { Accounts, readAccounts } from '#lib/service/users.js';

const passwd = `# comment
root:x:0:0:root:/root:/bin/bash
+nis::::::
-other:x:7:7:::
cut:x:9
short:x:70:71
 indented:x:75:76:::
huge:x:4294967295:1::/:/bin/sh
word:x:one:1::/:/bin/sh
web:x:33:33:a:b,c:/var/www:/usr/sbin/nologin
web:x:34:34:twice:/other:/bin/sh
1000:x:1000:1000::/home/digits:
last:x:4294967294:5::/:/bin/sh`;
const group = `root:x:0:
+nis:::
adm:x:4:web,root
web:x:33:
log:x:44:webmaster
tape:x:26:root,web
adm:x:5:
bad:x:-1:web
bare:x:81
list:x:82:a, last,,b
  space:x:83:last
`;

describe('users and groups by name', () => {
  const accounts = new Accounts(passwd, group);

  it('are the first entry of the file', () => {
    expect(accounts.user('u', 'root')).to.deep.equal({
      uid: 0,
      user: { name: 'root', uid: 0, gid: 0, home: '/root', shell: '/bin/bash' },
    });
    expect(accounts.user('u', 'last').uid).to.equal(4294967294);
    expect(accounts.gid('g', 'adm')).to.equal(4);
  });

  it('need no more than their ids, as in the C library', () => {
    expect(accounts.user('u', 'short').user).to.deep.equal({
      name: 'short',
      uid: 70,
      gid: 71,
      home: '',
      shell: '',
    });
    expect(accounts.user('u', 'indented').uid).to.equal(75);
    expect(accounts.gid('g', 'bare')).to.equal(81);
    expect(accounts.gid('g', 'space')).to.equal(83);
  });

  it('may look like a number: a string is a name', () => {
    expect(accounts.user('u', '1000').user).to.include({ name: '1000', uid: 1000, shell: '' });
    expect(() => accounts.user('u', '33')).to.throw("Received '33'");
  });

  it('may be numbers, which need not be known', () => {
    expect(accounts.user('u', 0).user).to.include({ name: 'root' });
    expect(accounts.user('u', 12345)).to.deep.equal({ uid: 12345, user: undefined });
    expect(accounts.gid('g', 12345)).to.equal(12345);
  });

  for (const name of [
    'nobody-of-this-name',
    '',
    '+nis',
    'nis',
    'other',
    '-other',
    'cut',
    'huge',
    'word',
    '# comment',
    'ROOT',
  ])
    it(`are an error where the files do not have them, which names getent: ${JSON.stringify(name)}`, () => {
      expect(() => accounts.user('service.user', name))
        .to.throw(TypeError, /"service\.user".* \/etc\/passwd.*`getent passwd NAME`/)
        .with.property('code', 'ERR_INVALID_ARG_VALUE');
      expect(() => accounts.gid('service.group', name))
        .to.throw(TypeError, /"service\.group".* \/etc\/group.*`getent group NAME`/)
        .with.property('code', 'ERR_INVALID_ARG_VALUE');
    });

  for (const [value, code] of [
    [-1, 'ERR_OUT_OF_RANGE'],
    [1.5, 'ERR_OUT_OF_RANGE'],
    [2 ** 32 - 1, 'ERR_OUT_OF_RANGE'],
    [null, 'ERR_INVALID_ARG_TYPE'],
    [5n, 'ERR_INVALID_ARG_TYPE'],
    [{}, 'ERR_INVALID_ARG_TYPE'],
  ] as const)
    it(`are refused as ${String(value)}`, () => {
      expect(() => accounts.user('u', value))
        .to.throw()
        .with.property('code', code);
      expect(() => accounts.gid('g', value))
        .to.throw()
        .with.property('code', code);
    });

  it('are members of the groups that list them, by the whole name', () => {
    const groupsOf = (name: string) => {
      const { user } = accounts.user('u', name);
      return user && accounts.groupsOf(user);
    };
    expect(groupsOf('web')).to.deep.equal([4, 26]);
    expect(groupsOf('root')).to.deep.equal([4, 26]);
    expect(groupsOf('last')).to.deep.equal([82, 83]);
  });

  it('are none in empty files', () => {
    const none = new Accounts('', '');
    expect(() => none.user('u', 'root')).to.throw('getent');
    expect(none.user('u', 5)).to.deep.equal({ uid: 5, user: undefined });
  });
});

describe('the users of this machine', () => {
  const names = execFileSync('cut', ['-d:', '-f1', '/etc/passwd'], { encoding: 'utf8' }).trim().split('\n');

  it('have the ids and the groups that id(1) prints', () => {
    expect(names).to.include('root');
    for (const name of names) {
      const id = (flag: string) => execFileSync('id', [flag, name], { encoding: 'utf8' }).trim();
      const { options } = idsOf({ user: name });
      expect([`${options.uid}`, `${options.gid}`], name).to.deep.equal([id('-u'), id('-g')]);
      expect(options.groups, name).to.have.members(id('-G').split(' ').map(Number));
    }
  });

  it('are found by number too', () => {
    const byName = idsOf({ user: 'root' });
    expect(idsOf({ user: 0 })).to.deep.equal(byName);
    expect(byName.login).to.include({ USER: 'root', LOGNAME: 'root' });
    expect(readAccounts().gid('g', 'root')).to.equal(0);
  });
});

describe('the ids of a service', () => {
  it('are none where nothing is asked for', () => {
    expect(idsOf({ uid: 5, cwd: '/' })).to.deep.equal({ options: {}, login: null });
  });

  it('have the group that is given in place of the user’s own', () => {
    expect(idsOf({ user: 0, group: 7 }).options).to.deep.include({ uid: 0, gid: 7 });
    expect(idsOf({ user: 0, group: 7 }).options.groups)
      .to.include(7)
      .and.not.include(0);
    expect(idsOf({ user: 0, gid: 8 }).options).to.deep.include({ uid: 0, gid: 8 });
  });

  it('have the supplementary groups besides, each once', () => {
    expect(idsOf({ user: 76543, group: 7, supplementaryGroups: ['root', 9, 9, 7] })).to.deep.equal({
      options: { uid: 76543, gid: 7, groups: [7, 0, 9] },
      login: null,
    });
  });

  it('are a group alone, or groups alone', () => {
    expect(idsOf({ group: 'root' })).to.deep.equal({ options: { gid: 0 }, login: null });
    expect(idsOf({ group: 5, supplementaryGroups: [] }).options).to.deep.equal({ gid: 5, groups: [] });
    expect(idsOf({ supplementaryGroups: [1, 'root'] }).options).to.deep.equal({ groups: [1, 0] });
  });

  it('leave `groups` alone where it is given', () => {
    expect(idsOf({ user: 'root', groups: [] }).options).to.deep.equal({ uid: 0, gid: 0 });
  });

  for (const [given, says] of [
    [{ user: 'root', uid: 0 }, '"service.user" property excludes `uid`'],
    [{ group: 'root', gid: 0 }, '"service.group" property excludes `gid`'],
    [{ supplementaryGroups: [], groups: [] }, '"service.supplementaryGroups" property excludes `groups`'],
    [{ user: 76543 }, 'so `group` must be given'],
    [{ group: 'no-such-group' }, 'getent group'],
    [{ supplementaryGroups: ['root', 'no-such-group'] }, '"service.supplementaryGroups[1]"'],
    [{ supplementaryGroups: 'root' }, '"service.supplementaryGroups" property must be an instance of Array'],
  ] as const)
    it(`are refused: ${JSON.stringify(given)}`, () => {
      expect(() => idsOf(given)).to.throw(TypeError, says);
    });
});
