import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { cleanEnvironment, placePackage } from '../support/packed.js';
import { runNodeForValue } from '../support/run-node.js';
import { tempPath } from '../support/temp.js';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const model =
  major > 23 || (major === 23 && minor >= 5) || (major === 22 && minor >= 13)
    ? '--permission'
    : '--experimental-permission';

const script = `
  const { features, posixSpawn, posixSpawnp, posixSpawnSync, posixSpawnpSync, openPipe } = await import('forkless');
  const { default: dropIn } = await import('forkless/child_process');
  await import('forkless/register');
  const { default: childProcess } = await import('node:child_process');
  const kind = ({ code, permission, resource, message }) => ({ code, permission, resource, message });
  const outcome = async (call) => {
    let started;
    try { started = call(); } catch (error) { return { thrown: true, ...kind(error) }; }
    try { return (await (await started).exited).code; } catch (error) { return { thrown: false, ...kind(error) }; }
  };
  const inNode = () => ({ exited: new Promise((resolve, reject) => {
    const child = childProcess.spawn('/bin/true');
    child.on('error', reject).on('exit', (code) => resolve({ code }));
  }) });
  let pipe;
  try { pipe = openPipe().length; } catch (error) { pipe = kind(error); }
  console.log(JSON.stringify({
    backend: features().backend, reason: features().reason, childProcess: features().childProcess,
    same: Object.keys(childProcess).every((name) => dropIn[name] === childProcess[name]),
    posixSpawn: await outcome(() => posixSpawn('/bin/true', ['true'])),
    posixSpawnp: await outcome(() => posixSpawnp('true', ['true'])),
    posixSpawnSync: await outcome(() => posixSpawnSync(Buffer.from('/bin/true'), ['true'])),
    posixSpawnpSync: await outcome(() => posixSpawnpSync('true', ['true'])),
    nameless: await outcome(() => posixSpawn('', ['true'])),
    node: await outcome(inNode), pipe,
  }));`;

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

const load = `
  const { FileActions, posixSpawn, posixSpawnSync } = await import('forkless');
  const { default: dropIn } = await import('forkless/child_process');`;

/** What opens the door to a process that asks what a program can write. */
const lies: readonly [what: string, lie: string][] = [
  ['adds a flag to process.execArgv', "process.execArgv.push('--permission-audit');"],
  ['sets NODE_OPTIONS', "process.env.NODE_OPTIONS = '--permission-audit';"],
  ['replaces process.permission.has', 'process.permission.has = () => true;'],
  [
    'takes process.permission away',
    `Reflect.deleteProperty(process, 'permission');
     Reflect.defineProperty(process, 'permission', { value: undefined });
     const real = process;
     globalThis.process = new Proxy({}, { get: (_, key) => (key === 'permission' ? undefined : real[key]), has: (_, key) => key in real });`,
  ],
  [
    'puts an object that inherits from process in its place',
    'globalThis.process = Object.create(process, { permission: { value: undefined } });',
  ],
  [
    'puts a copy of process in its place',
    `const { permission: _, stdin: _in, ...copied } = Object.getOwnPropertyDescriptors(process);
     globalThis.process = Object.create(Object.getPrototypeOf(process));
     for (const [name, { value, get }] of Object.entries(copied)) if (get === undefined) globalThis.process[name] = value;`,
  ],
  ...['Object', 'Error'].map((name): [string, string] => [
    `puts the answer of the system on ${name}.prototype`,
    `${name}.prototype.syscall = 'spawnSync /bin/true';`,
  ]),
  [
    'writes the answer of the system into the error of Node',
    `for (const name of ['permission', 'resource'])
       Object.defineProperty(Object.prototype, name, {
         configurable: true,
         set() { Object.defineProperty(this, 'syscall', { value: 'spawnSync /bin/true', configurable: true }); },
       });`,
  ],
  ...['spawnSync', 'execFileSync'].map((name): [string, string] => [
    `replaces ${name} of node:child_process`,
    `(await import('node:child_process')).default.${name} = () => ({});`,
  ]),
];

/** An empty path too, which Node refuses as an argument before it asks for any permission. */
const tryAll = `
  const { existsSync } = await import('node:fs');
  const made = '${tempPath('made')}-' + process.pid;
  const codes = [];
  for (const start of [posixSpawn, posixSpawnSync])
    for (const path of ['/bin/true', Buffer.from('/bin/true'), ''])
      try {
        await start(path, ['true'], { fileActions: new FileActions().addOpen(9, made, 'w') });
        codes.push('started');
      } catch (error) {
        codes.push([error.code, error.resource]);
      }
  try { dropIn.spawn('/bin/true').on('error', () => {}); codes.push('started'); } catch (error) { codes.push(error.code); }
  say({ codes, made: existsSync(made) });`;

const refusals = {
  codes: [
    ...[1, 2].flatMap(() =>
      ['/bin/true', '/bin/true', ''].map((resource) => ['ERR_ACCESS_DENIED', resource]),
    ),
    'ERR_ACCESS_DENIED',
  ],
  made: false,
};

/** In the main thread, and in a Worker. What the script says is the value. */
function inBoth(script: string): Promise<readonly unknown[]> {
  const wholes = [false, true].map(
    (inWorker) => `
      const { isMainThread, parentPort, Worker } = await import('node:worker_threads');
      const say = (value) => (isMainThread ? console.log(JSON.stringify(value)) : parentPort.postMessage(value));
      if (isMainThread && ${inWorker}) new Worker(new URL(import.meta.url)).on('message', say);
      else {${script}}`,
  );
  return Promise.all(wholes.map((whole) => runNodeForValue(whole, { nodeArgs: restricted, bare: true })));
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
  return runNodeForValue<Answer>(script, {
    nodeArgs: [model, '--allow-fs-read=*', ...allowed.map((name) => `--allow-${name}`), '--no-warnings'],
    bare: true,
  });
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
    expect(await runNodeForValue<Answer>(script, { nodeArgs, bare: true })).to.deep.include({
      posixSpawn: 0,
      posixSpawnSync: 0,
      node: 0,
    });
  });

  (audits ? it : () => {})('tells of a start where refusals are only told', async () => {
    const told = await runNodeForValue<readonly { permission: string; resource: string }[]>(
      `import { subscribe } from 'node:diagnostics_channel';
       ${load}
       const told = [];
       subscribe('node:permission-model:child', ({ permission, resource }) => told.push({ permission, resource }));
       await posixSpawnSync('/bin/true', ['true']).exited;
       console.log(JSON.stringify(told));`,
      { nodeArgs: ['--permission-audit', '--allow-addons', '--no-warnings'], bare: true },
    );
    expect(told).not.to.deep.equal([]);
    for (const each of told)
      expect(each).to.deep.equal({ permission: 'ChildProcess', resource: '/bin/true' });
  });

  for (const [what, lie] of lies)
    for (const when of ['before the package is loaded', 'after it'])
      it(`starts nothing although the program ${what}, ${when}`, async () => {
        const [first, second] = when === 'after it' ? [load, lie] : [lie, load];
        expect(await inBoth(`${first}\n${second}\n${tryAll}`)).to.deep.equal([refusals, refusals]);
      });

  const drops = Number(process.versions.node.split('.')[0]) >= 24;
  (drops ? it : () => {})('starts nothing after the program has dropped its permission', async () => {
    const script = `${load}
      const { code } = await posixSpawnSync('/bin/true', ['true']).exited;
      process.permission.drop('child');
      const say = (value) => console.log(JSON.stringify({ code, ...value }));
      ${tryAll}`;
    const nodeArgs = [...restricted, '--allow-child-process'];
    expect(await runNodeForValue(script, { nodeArgs, bare: true })).to.deep.equal({ code: 0, ...refusals });
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

  it('needs to read its own folder and one file, and names the file', () => {
    const folder = placePackage(tempPath('narrow'));
    writeFileSync(path.join(folder, 'tell.mjs'), tellReason);
    const { reason } = askInFolder(folder);
    expect(reason).to.match(/^its binary cannot be loaded: .* \(\/etc\/alpine-release\); .*--allow-fs-read/);
    expect(askInFolder(folder, '/etc/alpine-release')).to.deep.equal({ reason: null, code: 0 });
  });
});
