// The packages that replace functions of Node, before forkless/register and after it. What they must go on to see is
// counted by them; test/register/instruments.test.ts has the same kinds by hand.
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { ask } from '../register/program.js';
import { INSTALL_TIMEOUT, installed } from '../support/installed.js';
import { at } from '../support/paths.js';

const folder = at(`node_modules/.cache/instruments/${process.version}`);
const REGISTER = ['--import', 'forkless/register'];

/** The flag that runs this text with `require` of the packages, and `seen`, what they have seen. */
function load(text: string): string[] {
  const module = `
    import { createRequire } from 'node:module';
    const require = createRequire(${JSON.stringify(`${folder}/`)});
    const cp = process.getBuiltinModule('node:child_process');
    globalThis.seen ??= [];
    ${text}`;
  return ['--import', `data:text/javascript,${encodeURIComponent(module)}`];
}

const orders = (text: string) =>
  [
    ['before', [...load(text), ...REGISTER]],
    ['after', [...REGISTER, ...load(text)]],
  ] as const;

function run<T>(nodeArgs: readonly string[], script: string): Promise<T> {
  return ask<T>({ title: '', options: { nodeArgs } }, script);
}

/** What was seen of six starts, and which of them went through the engine. */
const sixStarts = `
  import cp, { spawn } from 'node:child_process';
  const starts = {
    spawn: () => spawn('/bin/true'), exec: () => cp.exec('true'), execFile: () => cp.execFile('/bin/true'),
    spawnSync: () => cp.spawnSync('/bin/true'), execSync: () => cp.execSync('true'), execFileSync: () => cp.execFileSync('/bin/true'),
  };
  const through = {};
  seen.length = 0;
  for (const [name, start] of Object.entries(starts)) through[name] = await throughUs(start);
`;
const async = ['spawn', 'exec', 'execFile'];
const all = (engine: (name: string) => boolean) =>
  Object.fromEntries([...async, 'spawnSync', 'execSync', 'execFileSync'].map((name) => [name, engine(name)]));

describe('packages that replace functions of Node, and forkless/register', () => {
  before(function () {
    this.timeout(INSTALL_TIMEOUT);
    const isThere = (): boolean => existsSync(`${folder}/node_modules/sinon`);
    if (!isThere()) installed('install-clients');
    if (isThere()) return;
    console.error('      INSTRUMENTS ARE NOT TESTED: scripts/install-clients.mjs could not install them');
    this.skip();
  });

  for (const [when, flags] of orders(`
    require('process-on-spawn').addListener((start) => { seen.push(start.execPath); start.env.ADDED = 'added'; });`))
    it(`process-on-spawn ${when} it: sees and changes every start, by the engine where it can`, async () => {
      const script = `${sixStarts}
        const text = cp.execFileSync('/bin/sh', ['-c', 'echo $ADDED'], { encoding: 'utf8' });
        say({ through, seen: seen.slice(0, 6), text, reason: features().childProcess.reason });`;
      const answer = await run<{ reason: string }>(flags, script);
      expect(answer).to.deep.include({
        through: all((name) => async.includes(name)),
        seen: ['/bin/true', '/bin/sh', '/bin/true', '/bin/true', '/bin/sh', '/bin/true'],
        text: 'added\n',
      });
      expect(answer.reason).to.match(/spawnSync, execSync, execFileSync are Node's own$/);
    });

  for (const [when, flags] of orders(`
    const program = process.env.WRAPPED;
    globalThis.unwrap = require('spawn-wrap')([program]);`))
    it(`spawn-wrap ${when} it: its program runs in place of every Node, and of none when it is taken away`, async () => {
      const wrapped = at('test/clients/programs/wrapped.cjs');
      const answer = await ask(
        { title: '', options: { nodeArgs: flags, env: { WRAPPED: wrapped } } },
        `
        import cp from 'node:child_process';
        import { writeFileSync } from 'node:fs';
        const file = tempPath('own.cjs');
        writeFileSync(file, "console.log('own')");
        const text = async (child) => { let all = ''; child.stdout.on('data', (data) => (all += data)); await once(child, 'close'); return all; };
        const both = async () => [
          cp.execFileSync(process.execPath, [file], { encoding: 'utf8' }),
          await text(cp.spawn(process.execPath, [file])),
        ];
        const during = await both();
        unwrap();
        say([during, await both(), features().childProcess]);
      `,
      );
      expect(answer).to.deep.equal([
        ['wrapped\n', 'wrapped\n'],
        ['own\n', 'own\n'],
        { backend: 'forkless', reason: null },
      ]);
    });

  it('sinon: a stub of before stays, and after restore() features() says whose functions are there', async () => {
    const answer = await run<unknown[]>(
      [
        ...load(
          "const sinon = require('sinon'); globalThis.sinon = sinon; sinon.stub(cp, 'exec').returns('stub');",
        ),
        ...REGISTER,
      ],
      `import cp from 'node:child_process';
       const reasons = [features().childProcess.reason];
       const stubbed = cp.exec('true');
       sinon.restore();
       reasons.push(features().childProcess.reason);
       say([stubbed, ...reasons, cp.exec.name, await throughUs(() => cp.spawn('true'))]);`,
    );
    expect(answer[0]).to.equal('stub');
    expect(answer[1]).to.match(/^exec of node:child_process had been replaced before/);
    expect(answer.slice(2)).to.deep.equal([
      "other code has put Node's own exec back into node:child_process",
      'exec',
      true,
    ]);
  });

  it('sinon: a stub of after goes, and what is there again is ours', async () => {
    const answer = await run(
      [...REGISTER, ...load("globalThis.sinon = require('sinon');")],
      `import cp from 'node:child_process';
       sinon.stub(cp, 'spawn').returns('stub');
       sinon.spy(cp, 'execFile');
       const stubbed = cp.spawn('true');
       const spied = await throughUs(() => cp.exec('true'));
       const { callCount } = cp.execFile;
       sinon.restore();
       say([stubbed, spied, callCount, await throughUs(() => cp.spawn('true')), features().childProcess.reason]);`,
    );
    expect(answer).to.deep.equal(['stub', true, 1, true, null]);
  });

  const shim = `
    const shimmer = require('shimmer');
    for (const name of ['spawn', 'execFile', 'execSync'])
      shimmer.wrap(cp, name, (original) => function (...args) { seen.push(name); return original.apply(this, args); });
    process.getBuiltinModule('node:module').syncBuiltinESMExports();`;
  for (const [when, flags] of orders(shim))
    it(`shimmer ${when} it: its wrappers are called`, async () => {
      const answer = await run<Record<string, unknown>>(
        flags,
        `${sixStarts} say({ through, seen, reason: features().childProcess.reason });`,
      );
      expect(answer['seen']).to.deep.equal(['spawn', 'execFile', 'execFile', 'execSync']);
      const kept = when === 'before' ? ['spawn', 'exec', 'execFile', 'execSync'] : [];
      expect(answer['through']).to.deep.equal(all((name) => !kept.includes(name)));
      if (when === 'after') expect(answer['reason']).to.equal(null);
      else
        expect(answer['reason']).to.match(
          /^execFile, execSync, spawn of node:child_process had been replaced/,
        );
    });

  const middle = `
    const { Hook } = require('require-in-the-middle');
    new Hook(['child_process'], (exports) => {
      const { spawnSync } = exports;
      exports.spawnSync = function (...args) { seen.push('spawnSync'); return spawnSync.apply(this, args); };
      return exports;
    });`;
  for (const [when, flags] of orders(middle))
    it(`require-in-the-middle ${when} it: its hook is called, and the other functions are ours`, async () => {
      const answer = await run<Record<string, unknown>>(
        flags,
        `import { createRequire } from 'node:module';
         const cp = createRequire(import.meta.url)('child_process');
         cp.spawnSync('true');
         say({ seen, spawn: await throughUs(() => cp.spawn('true')) });`,
      );
      expect(answer).to.deep.equal({ seen: ['spawnSync'], spawn: true });
    });

  const loader = `
    const { register } = process.getBuiltinModule('node:module');
    register(${JSON.stringify(pathToFileURL(`${folder}/node_modules/import-in-the-middle/hook.mjs`).href)});`;
  for (const [when, flags] of orders(loader))
    it(`import-in-the-middle ${when} it: imports by name are ours`, async () => {
      const answer = await run(flags, `${sixStarts} say([through, features().childProcess]);`);
      expect(answer).to.deep.equal([all(() => true), { backend: 'forkless', reason: null }]);
    });

  it('import-in-the-middle before it, with the module imported already: it is said', async () => {
    const early = load("await import('node:child_process');");
    const { reason } = await run<{ reason: string }>(
      [...load(loader), ...early, ...REGISTER],
      'say(features().childProcess);',
    );
    expect(reason).to.match(/^ES modules that import exec, .* by name get Node's own/);
  });
});
