// Beside code that replaces functions of Node: before us, after us, at either end of a start.
import { expect } from 'chai';
import type { Change } from './programs/change-module.js';
import type { Way } from './ways.js';
import { ask, byFlag, byFlags, preload } from './ways.js';

/** A program where this module of programs/ runs before forkless/register. */
function wayAfter(name: string, parameters: unknown, ...flags: string[]): Way {
  return byFlags([preload(name, parameters), 'forkless/register'], ...flags);
}

/** A program where a change of change-module.ts comes before forkless/register. */
function wayAfterChange(change: Change, ...flags: string[]): Way {
  return wayAfter('change-module', change, ...flags);
}

const names = ['exec', 'execFile', 'execFileSync', 'execSync', 'fork', 'spawn', 'spawnSync'] as const;

/** How instruments replace a function: see replace-functions.ts. */
const manners = [
  'a plain wrapper',
  'a wrapper that looks like what it wraps (shimmer)',
  'a Proxy',
  'a bound function',
  'a getter',
];

describe('forkless/register after code that has replaced functions of node:child_process', () => {
  for (const manner of manners)
    it(`keeps ${manner}, names it in one warning and in features(), and replaces the others`, async () => {
      const way = wayAfter('replace-functions', { manner, names: ['execFile', 'spawnSync', 'fork'] });
      const answer = await ask<Record<string, unknown>>(way, 'after-replaced');
      expect(answer['through']).to.deep.equal({
        spawn: true,
        execFile: false,
        spawnSync: false,
        execSync: true,
      });
      // A bound function is not seen to be called.
      const said = manner === 'a bound function' ? [] : ['execFile', 'spawnSync'];
      expect(answer['said']).to.deep.equal(said);
      expect(answer['warnings']).to.have.length(1);
      expect(String(answer['warnings'])).to.match(
        /^ForklessWarning: forkless\/register: execFile, fork, spawnSync of node:child_process /,
      );
      expect(answer).to.include({ backend: 'forkless' });
      expect(answer['reason']).to.match(
        /^execFile, fork, spawnSync of node:child_process .* before forkless\/register/,
      );
    });

  for (const change of [
    'stubs without a promise form',
    'functions missing',
    'values of other kinds',
    'a promise form of another kind',
    'a frozen module',
    'no class',
    'another class',
    'a class that is none',
  ] as const)
    it(`comes up, and so does forkless/child_process, where there are ${change}`, async () => {
      const answer = await ask<Record<string, unknown>>(wayAfterChange(change), 'changed-module');
      expect(answer['changed']).to.deep.equal([]);
      expect(answer['warnings']).to.have.length(1);
      if (answer['backend'] === 'node') expect(answer['reason']).to.match(/ChildProcess/);
      else expect(answer).to.include({ works: 'ENOENT', backend: 'forkless' });
    });

  it("says of Node's own functions that it cannot replace that they are read-only, and replaces the others", async () => {
    const text = "other code has made Node's own exec, spawnSync of node:child_process read-only";
    const answer = await ask(wayAfterChange('two read-only functions'), 'spawn-and-sync');
    expect(answer).to.deep.equal({
      warnings: [`ForklessWarning: forkless/register: ${text}: load forkless/register first`],
      reason: text,
      through: [true, false],
    });
  });

  it('says nothing of a program where nothing was replaced', async () => {
    const answer = await ask(wayAfterChange('nothing'), 'drop-in-and-warnings');
    expect(answer).to.deep.equal({ backend: 'forkless', reason: null, warnings: [] });
  });

  it('tells in features() when an earlier stub is removed, and when other code replaces our functions and puts them back', async () => {
    const answer = await ask<(string | null)[]>(wayAfterChange('a stub of exec'), 'stub-taken-away');
    expect(answer[0]).to.match(/^exec of node:child_process had been replaced before/);
    for (const reason of answer.slice(1))
      expect(reason).to.equal("other code has put Node's own exec back into node:child_process");
  });

  it('replaces all functions where process.binding is refused, and does not take a later wrapper for a function of Node', async () => {
    const answer = await ask(wayAfterChange('no process.binding'), 'without-binding');
    expect(answer).to.deep.equal([
      [true, true],
      [null, "other code has put Node's own spawn back into node:child_process"],
      [],
      'ENOENT',
    ]);
  });

  it('calls no replaced function while it loads', async () => {
    const way = wayAfter('replace-functions', { manner: 'a plain wrapper', names });
    expect(await ask(way, 'calls-at-load')).to.deep.equal([[], null, []]);
  });
});

describe('a ChildProcess.prototype.spawn that other code has replaced', () => {
  for (const [what, expected] of [
    ['adds a variable to a list of its own', 'added\n/\n'],
    ['adds a variable in place', 'added\n/\n'],
    ['starts a program by another one', 'by env\n/\n'],
    ['makes the directory absolute', '\n/\n'],
  ] as const)
    for (const [when, way] of [
      ['before', wayAfter('replace-spawn-method', what)],
      ['after', { ...byFlag, imports: [preload('replace-spawn-method', what)] }],
    ] as const)
      it(`and that ${what} works, through the engine, when it is set ${when} forkless/register`, async () => {
        expect(await ask(way, 'spawn-method')).to.deep.equal([
          expected,
          true,
          { backend: 'forkless', reason: null },
          [],
        ]);
      });

  for (const what of [
    'swaps the ids',
    'turns detached round',
    'loses the arguments',
    'loses the environment',
    'loses the directory',
    'loses stdio',
    'starts something else',
  ])
    it(`and that ${what} is named in the reason: the drop-in is Node's own`, async () => {
      const { backend, reason } = await ask<Record<string, string>>(
        wayAfter('replace-spawn-method', what),
        'drop-in-and-warnings',
      );
      expect(backend).to.equal('node');
      expect(reason).to.match(/^other code has replaced ChildProcess.prototype.spawn/);
    });

  it('and that passes nothing on is named in one warning, and the program keeps it', async () => {
    const [before, reason, warnings] = await ask<[boolean, string, string[]]>(
      wayAfter('replace-spawn-method', 'passes nothing on'),
      'passes-nothing',
    );
    expect(before).to.equal(true);
    expect(reason).to.match(/^other code has replaced ChildProcess.prototype.spawn/);
    expect(warnings).to.have.length(1);
  });
});

describe("the native functions below Node's own, replaced by other code", () => {
  for (const [kind, other] of [
    ['sync', 'async'],
    ['async', 'sync'],
  ] as const)
    for (const when of ['before', 'after'] as const)
      it(`see every ${kind}hronous start, replaced ${when} forkless/register; taken back, the engine starts again`, async () => {
        const way = when === 'before' ? wayAfter('hook-native', kind) : wayAfterChange('nothing');
        const answer = await ask<Record<string, unknown>>(way, 'native-hooks', { kind, other });
        const seen = (through: boolean, calls: number, of: 'sync' | 'async') =>
          Object.fromEntries(
            names
              .filter((name) => /Sync$/.test(name) === (of === 'sync'))
              .map((name) => [name, [through, calls]]),
          );
        expect(answer['meanwhile']).to.deep.equal({ ...seen(false, 1, kind), ...seen(true, 0, other) });
        expect(answer['afterwards']).to.deep.equal(seen(true, 0, kind));
        expect(answer['reason']).to.match(
          kind === 'sync' ? /^other code .*: spawnSync, / : /^other code .*: spawn, /,
        );
        expect([answer['reasonAfterwards'], answer['warnings']]).to.deep.equal([null, []]);
      });

  for (const title of ['a bound function', 'a Proxy', 'an object with a text of its own'])
    it(`is noticed where ${title} stands in its place`, async () => {
      const answer = await ask(wayAfterChange('nothing'), 'native-replaced', title);
      expect(answer).to.deep.equal([false, 1, 'string']);
    });

  it('do not see a start with options that only the engine has', async () => {
    const answer = await ask(wayAfterChange('nothing'), 'own-options');
    expect(answer).to.deep.equal([true, '0027\n', '0027\n', 'ENOENT', true, []]);
  });

  it('see every start with forkless/child_process alone too', async () => {
    const answer = await ask(undefined, 'drop-in-alone');
    expect(answer).to.deep.equal([true, 'ENOENT', false, ['sync', 'async']]);
  });

  for (const flag of ['--pending-deprecation', '--throw-deprecation'])
    it(`are looked at without a warning, with ${flag}, and a program's own use still warns`, async () => {
      const answer = await ask<unknown[]>(
        wayAfterChange('nothing', '--pending-deprecation', flag),
        'pending-deprecation',
      );
      expect(answer).to.deep.equal([null, [], 'DEP0111']);
    });

  it('leave process.noDeprecation as the program has set it', async () => {
    const way = wayAfterChange('process.noDeprecation', '--pending-deprecation');
    expect(await ask(way, 'deprecation-left')).to.deep.equal({
      property: { value: false, writable: true, enumerable: true, configurable: true },
      warnings: [],
    });
  });

  it('leave --no-deprecation as it was', async () => {
    const way = wayAfterChange('nothing', '--no-deprecation');
    expect(await ask(way, 'deprecation-left')).to.deep.equal({
      property: { value: true, writable: false, enumerable: true, configurable: true },
      warnings: [],
    });
  });
});

describe('forkless/child_process beside stubs', () => {
  it('reports a failed synchronous start as this Node does, and warns of shell arguments without calling a stub', async () => {
    const [ours, nodes, status, calls] = await ask<unknown[]>(undefined, 'beside-stubs', { stubbed: true });
    expect(ours).to.deep.equal(nodes);
    expect([status, calls]).to.deep.equal([3, []]);
    const unstubbed = await ask<unknown[]>(undefined, 'beside-stubs', { stubbed: false });
    expect(unstubbed.slice(0, 2)).to.deep.equal([ours, nodes]);
  });
});
