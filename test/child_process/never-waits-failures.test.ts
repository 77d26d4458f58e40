import { constants } from 'node:os';
import { expect } from 'chai';
import { tempPath } from '../support/temp.js';
import type { Told } from './never-waits.js';
import { certain, runGated, skipWithout } from './never-waits.js';
import type { Door } from './oracle.js';
import { byPosixSpawn, nodes, ours } from './oracle.js';

interface Outcome {
  readonly thrown?: Error;
  readonly first?: string;
  readonly events?: readonly (readonly [name: string, ...args: readonly Record<string, unknown>[]])[];
}

/** Node has no cause. */
const withoutCause = <T>(value: T): T =>
  JSON.parse(
    JSON.stringify(value, (key, field) => (key === 'hasCause' || key === 'cause' ? undefined : field)),
  );

/** The channel of a child that is gone ends on its own. */
const without = (what: string, events: Outcome['events']) =>
  events?.filter(([name]) => name !== what && name !== 'disconnect');

async function told(cp: Door, name: string, env: Record<string, string>, parameters: unknown): Promise<Told> {
  const { code, stdout, stderr } = await runGated(cp, name, env, { parameters });
  if (code !== 0) throw new Error(stdout + stderr);
  return JSON.parse(stdout);
}

const held = { ...certain, GATE: 'held' };

// 'spawn' has been emitted: the rest is as Node tells an exec that has failed.
describe('a start that does not wait and whose exec fails', () => {
  let wanted: Told;
  let got: Told;
  before(async function () {
    skipWithout(this);
    const folder = tempPath('programs');
    wanted = await told(nodes, 'never-waits-failures', {}, { folder });
    got = await told(ours, 'never-waits-failures', held, { folder });
  });

  for (const title of [
    'ENOENT',
    'ENOENT of the folder',
    'EACCES',
    'EACCES of a folder there',
    'ENOTDIR',
    'ENOENT of an interpreter',
    'ETXTBSY',
    'ENOENT of a fork',
    'ENOENT without pipes',
    'ENOENT after its input was written',
  ])
    it(`emits 'spawn', then the error of Node: ${title}`, () => {
      const [code] = title.split(' ');
      const { thrown, events: expected } = withoutCause(wanted[title] as Outcome);
      const { first, events } = got[title] as Outcome;
      expect(first, 'the pid when spawn returned').to.equal('number');
      expect(events?.map(([name]) => name).filter((name) => name !== 'disconnect')).to.deep.equal([
        'spawn',
        'error',
        'close',
      ]);
      const error = events?.find(([name]) => name === 'error');
      expect(error?.[1]).to.include({ code, hasCause: true });
      expect(error?.[2]).to.include({ pid: 'undefined', signalCode: null, killed: false, sent: false });
      // Node's emitted errors have the path, those that it throws have not.
      if (thrown) expect(error?.[1]?.['message']).to.match(/^spawn \/.*\/program E[A-Z]+$/);
      else expect(withoutCause(without('spawn', events)), 'as Node’s').to.deep.equal(without('', expected));
    });

  it('runs a file whose format is not known by the shell, as Node does where it does not refuse it', () => {
    const { events } = got['no format'] as Outcome;
    expect(events?.map(([name]) => name)).to.deep.equal(['spawn', 'exit', 'close']);
    if (byPosixSpawn) expect(wanted['no format']).to.have.nested.property('thrown.code', 'ENOEXEC');
    else expect(got['no format']).to.deep.equal(wanted['no format']);
  });

  for (const title of ['ENOENT of exec', 'ENOENT of execFile', 'ENOENT of promisified execFile'])
    it(`calls back with the error of Node: ${title}`, () => {
      expect(withoutCause(got[title])).to.deep.equal(withoutCause(wanted[title]));
      expect(JSON.stringify(got[title])).to.include('"code":"ENOENT"').and.include('"hasCause":true');
    });

  it('tells all errors that exec can have', async function () {
    skipWithout(this);
    const names = Object.keys(constants.errno).filter(
      (name) => /^E[A-Z0-9]+$/.test(name) && name !== 'ENOENT',
    );
    const exec = names.filter(
      (name) =>
        [
          'E2BIG',
          'EACCES',
          'EFAULT',
          'EINVAL',
          'EIO',
          'EISDIR',
          'ELIBBAD',
          'ELOOP',
          'EMFILE',
          'ENFILE',
          'ENOMEM',
          'ENOTDIR',
          'EPERM',
          'ETXTBSY',
          'EAGAIN',
          'ETIMEDOUT',
        ].includes(name), // prettier-ignore
    );
    const results = await told(ours, 'never-waits-errnos', held, { names: exec });
    for (const [name, result] of Object.entries(results))
      expect(result, name).to.deep.equal({
        events: ['spawn', `error ${name}`, `close ${-constants.errno[name as 'EIO']} null`],
        message: `spawn /bin/cat ${name}`,
        fields: [null, -constants.errno[name as 'EIO'], null, false],
        cause: ['SpawnError', name, 'execve'],
      });
  });
});
