import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { cleanEnvironment, placePackage } from '../support/packed.js';
import { runProgram } from '../support/program.js';
import { tempPath } from '../support/temp.js';
import { lies } from './programs/lies.js';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const model =
  major > 23 || (major === 23 && minor >= 5) || (major === 22 && minor >= 13)
    ? '--permission'
    : '--experimental-permission';

interface Answer {
  readonly backend: string | null;
  readonly reason: string | null;
  readonly childProcess: { readonly backend: string; readonly reason: string };
  readonly same: boolean;
  readonly posixSpawn: number | Refusal;
  readonly posixSpawnp: number | Refusal;
  readonly posixSpawnSync: number | Refusal;
  readonly posixSpawnpSync: number | Refusal;
  readonly nameless: number | Refusal;
  readonly node: number | Refusal;
  readonly pipe: number | Refusal;
}

interface Refusal {
  readonly thrown: boolean;
  readonly code: string;
  readonly permission?: string;
  readonly resource?: string;
  readonly message: string;
}

const tellReason = `
  import { features, posixSpawnSync } from 'forkless';
  const { code } = features().backend === null ? {} : await posixSpawnSync('/bin/true', ['true']).exited;
  console.log(JSON.stringify({ reason: features().reason, code }));`;

const restricted = [model, '--allow-addons', '--allow-worker', '--allow-fs-read=*', '--no-warnings'];

/** A file that no child may make. */
const made = (): string => `${tempPath('made')}-${process.pid}`;

const refusals = {
  codes: [
    ...[1, 2].flatMap(() =>
      ['/bin/true', '/bin/true', ''].map((resource) => ['ERR_ACCESS_DENIED', resource]),
    ),
    'ERR_ACCESS_DENIED',
  ],
  made: false,
};

/** In the main thread, and in a Worker: what comes of starts after the lie. */
function lieInBoth(lie: string, afterLoad: boolean): Promise<readonly unknown[]> {
  return Promise.all(
    [false, true].map((inWorker) =>
      runProgram(
        import.meta.url,
        'lying',
        { lie, afterLoad, inWorker, made: made() },
        { nodeArgs: restricted },
      ),
    ),
  );
}

/** A program that may read its own folder, and above it what Node's loader asks for. */
function askInFolder(folder: string, ...read: readonly string[]): { reason: string | null; code?: number } {
  const above: string[] = [];
  for (let place = path.dirname(folder); place !== '/'; place = path.dirname(place)) above.push(place);
  const allowed = [
    `${folder}/*`,
    ...[...above, '/'].map((place) => path.join(place, 'package.json')),
    ...read,
  ];
  const said = execFileSync(
    process.execPath,
    [
      ...[model, '--allow-addons', '--allow-child-process', '--no-warnings'],
      ...allowed.map((name) => `--allow-fs-read=${name}`),
      path.join(folder, 'tell.mjs'),
    ],
    { env: cleanEnvironment, encoding: 'utf8' },
  );
  return JSON.parse(said);
}

function ask(...allowed: readonly string[]): Promise<Answer> {
  const nodeArgs = [model, '--allow-fs-read=*', ...allowed.map((name) => `--allow-${name}`), '--no-warnings'];
  return runProgram<Answer>(import.meta.url, 'all-doors', null, { nodeArgs });
}

describe('the package under the permission model', () => {
  it('leaves forkless/child_process to Node, and starts what it is allowed to', async () => {
    const answer = await ask('addons', 'child-process');
    expect(answer.nameless).to.include({ thrown: false, code: 'ENOENT' });
    expect(answer).to.deep.include({
      backend: 'clone',
      reason: null,
      childProcess: { backend: 'node', reason: 'only Node itself can enforce its permission model' },
      same: true,
      posixSpawn: 0,
      posixSpawnSync: 0,
      node: 0,
      pipe: 2,
    });
  });

  it('starts nothing where Node starts nothing, with the error that Node has for it', async () => {
    const answer = await ask('addons');
    const { message } = answer.posixSpawn as Refusal;
    // Node 20 does not say what would allow it.
    expect(message.startsWith((answer.node as Refusal).message)).to.equal(true);
    expect(answer.node).to.include({ code: 'ERR_ACCESS_DENIED', permission: 'ChildProcess' });
    const refused = { code: 'ERR_ACCESS_DENIED', permission: 'ChildProcess', message };
    expect(answer).to.deep.include({
      posixSpawn: { ...refused, resource: '/bin/true', thrown: false },
      posixSpawnp: { ...refused, resource: 'true', thrown: false },
      posixSpawnSync: { ...refused, resource: '/bin/true', thrown: true },
      posixSpawnpSync: { ...refused, resource: 'true', thrown: true },
    });
    expect(answer.pipe).to.equal(2);
  });

  const audits = process.allowedNodeEnvironmentFlags.has('--permission-audit');
  (audits ? it : () => {})('starts what Node starts where refusals are only told', async () => {
    const nodeArgs = ['--permission-audit', '--allow-addons', '--no-warnings'];
    expect(await runProgram<Answer>(import.meta.url, 'all-doors', null, { nodeArgs })).to.deep.include({
      posixSpawn: 0,
      posixSpawnSync: 0,
      node: 0,
    });
  });

  (audits ? it : () => {})('tells of a start where refusals are only told', async () => {
    const told = await runProgram<readonly { permission: string; resource: string }[]>(
      import.meta.url,
      'told-refusals',
      null,
      { nodeArgs: ['--permission-audit', '--allow-addons', '--no-warnings'] },
    );
    expect(told).not.to.deep.equal([]);
    for (const each of told)
      expect(each).to.deep.equal({ permission: 'ChildProcess', resource: '/bin/true' });
  });

  for (const lie of Object.keys(lies))
    for (const when of ['before the package is loaded', 'after it'])
      it(`starts nothing although the program ${lie}, ${when}`, async () => {
        expect(await lieInBoth(lie, when === 'after it')).to.deep.equal([refusals, refusals]);
      });

  const drops = Number(process.versions.node.split('.')[0]) >= 24;
  (drops ? it : () => {})('starts nothing after the program has dropped its permission', async () => {
    const nodeArgs = [...restricted, '--allow-child-process'];
    const said = await runProgram(import.meta.url, 'dropped', { made: made() }, { nodeArgs });
    expect(said).to.deep.equal({ code: 0, ...refusals });
  });

  it('says which permission is missing where no addon may be loaded', async () => {
    const answer = await ask('child-process');
    expect(answer).to.deep.include({ backend: null, same: true, node: 0 });
    expect(answer.reason).to.match(/^its binary cannot be loaded: .*--allow-addons/);
    for (const refusal of [answer.posixSpawn, answer.posixSpawnSync, answer.pipe])
      expect(refusal).to.deep.include({
        code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM',
        message: `forkless cannot start processes here: ${answer.reason}. forkless/child_process can: here it is node:child_process`,
      });
  });

  it('needs to read its own folder, and nothing else', () => {
    const folder = placePackage(tempPath('narrow'));
    writeFileSync(path.join(folder, 'tell.mjs'), tellReason);
    expect(askInFolder(folder)).to.deep.equal({ reason: null, code: 0 });
  });
});
