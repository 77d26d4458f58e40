import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { tempPath } from '../support/temp.js';
import { childReport } from './child-report.js';
import { emits, ends, expectEventLog, outcomeOf, throws } from './event-log.js';
import { same, sameScript } from './oracle.js';

const file = tempPath('a-file');
const odd = tempPath('ordner mit ä');

before(() => {
  writeFileSync(file, '');
  mkdirSync(odd);
});

describe('the options of spawn', () => {
  const wrong: readonly [option: string, values: readonly unknown[]][] = [
    [
      'cwd',
      [5, true, {}, [], Symbol('cwd'), 'with\0NUL', new URL('http://localhost/'), '\0', Buffer.from('a\0b')],
    ],
    ['cwd', [new URL('file:///a%00b'), new URL('file://host/tmp'), new URL('file:///a%2fb')]],
    ['detached', [1, 'true', {}, 0, '']],
    ['uid', ['0', 1.5, 2 ** 31, -(2 ** 31) - 1, Number.NaN, {}, true, 1n]],
    ['gid', ['0', 1.5, 2 ** 31, -(2 ** 31) - 1, Number.NaN, [], '', Number.POSITIVE_INFINITY]],
    ['shell', [1, {}, Symbol('shell'), () => {}, '/bin/sh\0']],
    ['argv0', [1, {}, true, 'nul\0', Buffer.from('a')]],
    ['windowsHide', [1, 'true', {}]],
    ['windowsVerbatimArguments', [1, 'true', {}]],
    ['timeout', [-1, 1.5, '5', Number.NaN, Number.POSITIVE_INFINITY, {}, true]],
    ['killSignal', ['SIGNO', 0, -1, 65, 1.5, {}, true, 'sigterm\0', '', Number.NaN]],
    ['signal', ['abort', 5, {}, null, true]],
    ['serialization', ['xml', null, 1, '', true]],
    ['stdio', ['nonsense', 5, {}, true, 'ipc']],
    ['env', [{ A: 'b\0c' }, { 'A\0': 'b' }, { A: Symbol('b') }, { A: Object.create(null) }]],
  ];
  for (const [option, values] of wrong)
    for (const [index, value] of values.entries())
      same(
        `${option} throws for ${told(value)} (${index})`,
        (cp) => outcomeOf(() => cp.spawn('/bin/true', [], { [option]: value })),
        (outcome) => {
          // Not everything is refused by every Node, and null is often the same as nothing.
          if ('thrown' in outcome) expect(outcome.thrown.message).to.not.equal('');
          else expectEventLog(outcome);
        },
      );

  same(
    'are checked in the order in which Node checks them',
    async (cp) => {
      const names = ['timeout', 'signal', 'killSignal', 'stdio', 'serialization', 'env'];
      const all: Record<string, unknown> = {
        ...{ cwd: 1, detached: 1, uid: '', gid: '', shell: 1, argv0: 1, windowsHide: 1 },
        ...{ windowsVerbatimArguments: 1, env: { A: '\0' }, timeout: -1, signal: 1, killSignal: {} },
        ...{ stdio: 'x', serialization: 'x' },
      };
      const told: unknown[] = [];
      for (const name of [...Object.keys(all).filter((key) => !names.includes(key)), ...names]) {
        told.push(await outcomeOf(() => cp.spawn('/bin/true', [], all)));
        delete all[name];
      }
      return told;
    },
    (told) => expect(told).to.have.length(14),
  );

  const cwds: readonly [string, unknown, string][] = [
    ['a string', '/usr', '/usr'],
    ['a URL', pathToFileURL('/usr'), '/usr'],
    ['a URL with escapes', pathToFileURL(odd), Buffer.from(odd).toString('latin1')],
    ['not ASCII', odd, Buffer.from(odd).toString('latin1')],
    ['relative', '.', process.cwd()],
    ['null', null, process.cwd()],
    ['undefined', undefined, process.cwd()],
  ];
  for (const [what, cwd, seen] of cwds)
    same(
      `cwd may be ${what}`,
      (cp) => outcomeOf(() => cp.spawn('/bin/sh', ['-c', '/bin/pwd -P'], { cwd })),
      (outcome) => ends(0, `${seen}\n`)(outcome),
    );

  same(
    'cwd may not be missing',
    (cp) => outcomeOf(() => cp.spawn('/bin/true', { cwd: '/no/such' })),
    emits('ENOENT'),
  );
  same(
    'cwd may not be a file',
    (cp) => outcomeOf(() => cp.spawn('/bin/true', { cwd: file })),
    throws('ENOTDIR'),
  );
  same(
    'cwd that is empty has the outcome that Node’s has',
    (cp) => outcomeOf(() => cp.spawn('/bin/true', { cwd: '' })),
    (outcome) => {
      expect(outcome).to.be.an('object');
    },
  );
  same(
    'cwd may not be too long',
    (cp) => outcomeOf(() => cp.spawn('/bin/true', { cwd: `/${'a'.repeat(5000)}` })),
    throws('ENAMETOOLONG'),
  );
  same(
    'cwd may not be a circle of links',
    (cp) => {
      const link = tempPath('link');
      symlinkSync(link, link);
      return outcomeOf(() => cp.spawn('/bin/true', { cwd: link })).then((outcome) =>
        JSON.parse(JSON.stringify(outcome).replaceAll(link, 'LINK')),
      );
    },
    throws('ELOOP'),
  );
  same(
    'a relative file is found from cwd, not from here',
    (cp) => outcomeOf(() => cp.spawn('./sh', ['-c', 'echo $0'], { cwd: '/bin' })),
    ends(0, './sh\n'),
  );

  same(
    'argv0 is what the program sees, and file what is run',
    (cp) => childReport(cp, { argv0: 'another name' }),
    ({ argv }) => expect(argv[0]).to.equal('another name'),
  );
  same(
    'argv0 may be empty',
    (cp) => childReport(cp, { argv0: '' }),
    ({ argv }) => expect(argv[0]).to.equal(''),
  );
  same(
    'argv0 stands in spawnargs, file in spawnfile',
    (cp) => outcomeOf(() => cp.spawn('/bin/sh', ['-c', 'echo $0'], { argv0: 'x' })),
    (outcome) => {
      ends(0, 'x\n')(outcome);
      expect(expectEventLog(outcome).first.spawnargs).to.deep.equal(['x', '-c', 'echo $0']);
    },
  );

  for (const detached of [true, false, null, undefined])
    same(
      `detached: ${detached}`,
      (cp) => childReport(cp, { detached }),
      ({ session, group }) => {
        expect(session).to.equal(detached ? 'own' : 'of the parent');
        expect(group).to.equal(detached ? 'own' : 'of the parent');
      },
    );

  for (const [options, ids] of [
    [{ uid: 65534, gid: 65533 }, [65534, 65534, 65534, 65533, 65533, 65533]],
    [{ uid: 1000 }, [1000, 1000, 1000, 0, 0, 0]],
    [{ gid: 1000 }, [0, 0, 0, 1000, 1000, 1000]],
    [{ uid: 0, gid: 0 }, [0, 0, 0, 0, 0, 0]],
    [{ uid: null, gid: undefined }, [0, 0, 0, 0, 0, 0]],
  ] as const)
    same(
      `ids: ${JSON.stringify(options)}`,
      (cp) => childReport(cp, options),
      (seen) => {
        if (process.getuid?.() === 0) expect(seen.ids).to.deep.equal(ids);
      },
    );
  for (const options of [{ uid: -1 }, { gid: -1 }, { uid: -2 }, { gid: 2 ** 31 - 1 }, { uid: 2 ** 31 - 1 }])
    same(
      `ids that are odd: ${JSON.stringify(options)}`,
      (cp) => outcomeOf(() => cp.spawn('/usr/bin/id', options)),
      (outcome) => {
        expect(outcome).to.be.an('object');
      },
    );
  sameScript(
    'ids that the parent may not give throw EPERM',
    `process.setgid(65534); process.setuid(65534);
     for (const options of [{ uid: 0 }, { gid: 0 }, { uid: 0, gid: 0 }, { uid: 65534, gid: 65534 }, { uid: 65534 }])
       try { cp.spawn('/usr/bin/id', options).on('error', (error) => console.log('emitted', error.code)); }
       catch ({ message, code, errno, syscall }) { console.log(message, code, errno, syscall); }`,
    ({ stdout }) => expect(stdout).to.match(/^spawn EPERM EPERM -1 spawn\n/),
  );

  for (const serialization of ['json', 'advanced', undefined])
    same(
      `serialization ${serialization} does nothing without a channel`,
      (cp) => outcomeOf(() => cp.spawn('/bin/sh', ['-c', 'echo $NODE_CHANNEL_FD'], { serialization })),
      ends(0, '\n'),
    );
  same(
    'windowsHide and windowsVerbatimArguments do nothing',
    (cp) => outcomeOf(() => cp.spawn('echo', ['a b'], { windowsHide: true, windowsVerbatimArguments: true })),
    ends(0, 'a b\n'),
  );
});

function told(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return typeof value === 'object' && value !== null ? value.constructor.name : String(value);
}
