// Beside code that replaces functions of Node: before us, after us, at either end of a start.
import { expect } from 'chai';
import type { Way } from './program.js';
import { ask, byFlag } from './program.js';

/** The flag that runs a module of this text before what follows. */
function preload(text: string): string[] {
  return ['--import', `data:text/javascript,${encodeURIComponent(text)}`];
}

/** A program where this text runs before forkless/register. */
function wayAfter(text: string, ...flags: string[]): Way {
  return {
    title: text,
    options: { nodeArgs: [...flags, ...preload(text), '--import', 'forkless/register'] },
  };
}

/** `cp` is the module object. A warning is told by its first line. */
const kit = `
  await new Promise(setImmediate); // warnings come in the next tick
  const cp = process.getBuiltinModule('node:child_process');
  const warnings = globalThis.warnings;
  const truth = () => features().childProcess;
`;
const listen = `
  globalThis.warnings = [];
  process.on('warning', ({ name, message }) => globalThis.warnings.push(name + ': ' + message));
`;
const take = `${listen} const cp = process.getBuiltinModule('node:child_process'); globalThis.calls = [];`;

const names = ['exec', 'execFile', 'execFileSync', 'execSync', 'fork', 'spawn', 'spawnSync'] as const;
type Name = (typeof names)[number];

/** How instruments replace a function; \`name\` is in scope. */
const manners = {
  'a plain wrapper': `const original = cp[name];
    cp[name] = function (...args) { calls.push(name); return original.apply(this, args); };`,
  'a wrapper that looks like what it wraps (shimmer)': `const original = cp[name];
    const wrapped = function (...args) { calls.push(name); return original.apply(this, args); };
    Object.defineProperties(wrapped, { ...Object.getOwnPropertyDescriptors(original) });
    Object.defineProperty(cp, name, { configurable: true, enumerable: true, writable: true, value: wrapped });`,
  'a Proxy': `cp[name] = new Proxy(cp[name], { apply: (target, self, args) => { calls.push(name); return Reflect.apply(target, self, args); } });`,
  'a bound function': `const original = cp[name]; calls.push(name); cp[name] = original.bind(undefined);`,
  'a getter': `const original = cp[name];
    const wrapped = (...args) => { calls.push(name); return original(...args); };
    Object.defineProperty(cp, name, { configurable: true, enumerable: true, get: () => wrapped });`,
} as const;

describe('forkless/register after code that has replaced functions of node:child_process', () => {
  for (const [manner, replace] of Object.entries(manners))
    it(`keeps ${manner}, names it in one warning and in features(), and replaces the others`, async () => {
      const replaced: readonly Name[] = ['execFile', 'spawnSync', 'fork'];
      const way = wayAfter(`${take} for (const name of ${JSON.stringify(replaced)}) { ${replace} }`);
      const answer = await ask<Record<string, unknown>>(
        way,
        `${kit}
        import { promisify } from 'node:util';
        calls.length = 0;
        const through = {
          spawn: await throughUs(() => cp.spawn('true')),
          execFile: await throughUs(() => cp.execFile('true')),
          spawnSync: await throughUs(() => cp.spawnSync('true')),
          execSync: await throughUs(() => cp.execSync('true')),
        };
        const said = ${manner === 'a bound function' ? "['execFile', 'spawnSync']" : 'calls'};
        say({ through, said: [...new Set(said)], warnings, ...truth() });
      `,
      );
      expect(answer['through']).to.deep.equal({
        spawn: true,
        execFile: false,
        spawnSync: false,
        execSync: true,
      });
      expect(answer['said']).to.deep.equal(['execFile', 'spawnSync']);
      expect(answer['warnings']).to.have.length(1);
      expect(String(answer['warnings'])).to.match(
        /^ForklessWarning: forkless\/register: execFile, fork, spawnSync of node:child_process /,
      );
      expect(answer).to.include({ backend: 'forkless' });
      expect(answer['reason']).to.match(
        /^execFile, fork, spawnSync of node:child_process .* before forkless\/register/,
      );
    });

  for (const [what, change] of [
    [
      'stubs without a promise form',
      'for (const name in cp) if (name !== "ChildProcess") cp[name] = () => {};',
    ],
    ['functions missing', 'delete cp.exec; delete cp.fork;'],
    [
      'values of other kinds',
      'cp.exec = null; cp.execFile = 5; cp.spawn = "text"; cp.fork = {}; cp.spawnSync = undefined;',
    ],
    [
      'a promise form of another kind',
      'Object.defineProperty(cp.exec = () => {}, Symbol.for("nodejs.util.promisify.custom"), { value: null });',
    ],
    ['a frozen module', 'Object.freeze(cp);'],
    ['no class', 'delete cp.ChildProcess;'],
    ['another class', 'cp.ChildProcess = class {};'],
    ['a class that is none', 'cp.ChildProcess = undefined;'],
  ] as const)
    it(`comes up, and so does forkless/child_process, where there are ${what}`, async () => {
      const answer = await ask<Record<string, unknown>>(
        wayAfter(`${take} ${change}; globalThis.before = { ...cp };`),
        `${kit}
        const ours = await import('forkless/child_process');
        say({
          changed: Object.keys(before).filter((name) => cp[name] !== before[name] && cp[name] !== ours[name]),
          works: ours.default.spawnSync?.('/no/such/program')?.error?.code ?? null,
          ...truth(), warnings,
        });
      `,
      );
      expect(answer['changed']).to.deep.equal([]);
      expect(answer['warnings']).to.have.length(1);
      if (answer['backend'] === 'node') expect(answer['reason']).to.match(/ChildProcess/);
      else expect(answer).to.include({ works: 'ENOENT', backend: 'forkless' });
    });

  it("says of Node's own functions that it cannot replace that they are read-only, and replaces the others", async () => {
    const text = "other code has made Node's own exec, spawnSync of node:child_process read-only";
    const answer = await ask(
      wayAfter(`${take}
        Object.defineProperty(cp, 'exec', { writable: false });
        const { spawnSync } = cp;
        Object.defineProperty(cp, 'spawnSync', { get: () => spawnSync });`),
      `${kit} say([warnings, truth().reason, await throughUs(() => cp.spawn('true')), await throughUs(() => cp.spawnSync('true'))]);`,
    );
    expect(answer).to.deep.equal([
      [`ForklessWarning: forkless/register: ${text}: load forkless/register first`],
      text,
      true,
      false,
    ]);
  });

  it('says nothing of a program where nothing was replaced', async () => {
    const answer = await ask(
      wayAfter(take),
      `${kit} await new Promise(setImmediate); say([warnings, truth()]);`,
    );
    expect(answer).to.deep.equal([[], { backend: 'forkless', reason: null }]);
  });

  it('tells in features() when a stub of before is taken away, and when another puts our functions away and back', async () => {
    const answer = await ask<(string | null)[]>(
      wayAfter(`${take} globalThis.original = cp.exec; cp.exec = () => {};`),
      `${kit}
      const ours = cp.spawn;
      const reasons = [truth().reason];
      cp.exec = original;
      reasons.push(truth().reason);
      cp.spawn = function () { return ours.apply(this, arguments); };
      reasons.push(truth().reason);
      cp.spawn = ours;
      reasons.push(truth().reason);
      say(reasons);
    `,
    );
    expect(answer[0]).to.match(/^exec of node:child_process had been replaced before/);
    for (const reason of answer.slice(1))
      expect(reason).to.equal("other code has put Node's own exec back into node:child_process");
  });

  it('replaces all, and takes no wrapper of after for a function of Node, where Node shows nothing of itself', async () => {
    const answer = await ask(
      wayAfter(`${take} process.binding = () => { throw new Error('refused'); };`),
      `${kit}
      const { spawn, execFile } = cp;
      cp.execFile = (...args) => execFile(...args);
      const reasons = [truth().reason];
      const through = [await throughUs(() => cp.spawn('true')), await throughUs(() => cp.spawnSync('true'))];
      cp.spawn = cp.ChildProcess;
      reasons.push(truth().reason);
      say([through, reasons, warnings, cp.spawnSync('/no/such/program').error.code]);
    `,
    );
    expect(answer).to.deep.equal([
      [true, true],
      [null, "other code has put Node's own spawn back into node:child_process"],
      [],
      'ENOENT',
    ]);
  });

  it('calls no replaced function while it loads', async () => {
    const script = `${take} for (const name of ${JSON.stringify(names)}) { ${manners['a plain wrapper']} }`;
    expect(
      await ask(
        wayAfter(script),
        'say([calls, (await import("forkless/child_process")).spawnSync("/no/such/program").status, calls]);',
      ),
    ).to.deep.equal([[], null, []]);
  });
});

describe('a ChildProcess.prototype.spawn that other code has replaced', () => {
  const wrap = (body: string) => `${take}
    const path = process.getBuiltinModule('node:path');
    const { prototype } = cp.ChildProcess;
    const original = prototype.spawn;
    prototype.spawn = function (options) { ${body} };`;
  const print = `const child = cp.spawn('/bin/sh', ['-c', 'echo $ADDED; pwd'], { cwd: '/' }); let text = '';
    child.stdout.on('data', (data) => (text += data));`;

  for (const [what, body, expected] of [
    [
      'adds a variable to a list of its own',
      "return original.call(this, { ...options, envPairs: [...options.envPairs, 'ADDED=added'] });",
      'added\n/\n',
    ],
    [
      'adds a variable in place',
      "options.envPairs.push('ADDED=added'); return original.call(this, options);",
      'added\n/\n',
    ],
    [
      'starts a program by another one',
      "return original.call(this, { ...options, file: '/usr/bin/env', args: ['env', 'ADDED=by env', options.file, ...options.args.slice(1)] });",
      'by env\n/\n',
    ],
    [
      'makes the directory absolute',
      "return original.call(this, { ...options, cwd: path.resolve(options.cwd ?? ''), envPairs: ['ADDED=', ...options.envPairs] });",
      '\n/\n',
    ],
  ] as const)
    for (const [when, way] of [
      ['before', wayAfter(wrap(body))],
      ['after', { ...byFlag, statement: wrap(body).replaceAll('const cp', 'var cp') }],
    ] as const)
      it(`and that ${what} is heeded, by the engine, set ${when} forkless/register`, async () => {
        const script = `${when === 'before' ? kit : 'const truth = () => features().childProcess;'} ${print}
          const text2 = await throughUs(() => child);
          const second = await throughUs(() => cp.spawn('true', { stdio: 'ignore' }));
          say([text, second, truth(), warnings]);`;
        expect(await ask(way, script)).to.deep.equal([
          expected,
          true,
          { backend: 'forkless', reason: null },
          [],
        ]);
      });

  for (const [what, change] of [
    ['swaps the ids', 'uid: options.gid, gid: options.uid'],
    ['turns detached round', 'detached: !options.detached'],
    ['loses the arguments', "args: ['name']"],
    ['loses the environment', 'envPairs: []'],
    ['loses the directory', 'cwd: undefined'],
    ['loses stdio', "stdio: ['pipe', 'pipe', 'pipe']"],
    ['starts something else', "file: '/bin/true'"],
  ] as const)
    it(`and that ${what} is named: the drop-in is Node's own`, async () => {
      const body = `return original.call(this, { ...options, ${change} });`;
      const [backend, reason] = await ask<string[]>(
        wayAfter(wrap(body)),
        `${kit} say(Object.values(truth()));`,
      );
      expect(backend).to.equal('node');
      expect(reason).to.match(/^other code has replaced ChildProcess.prototype.spawn/);
    });

  it('and that passes nothing on is what it is said to be, and the program keeps what it has', async () => {
    const [before, reason, warnings] = await ask<[boolean, string, string[]]>(
      wayAfter(wrap('calls.push(options.file);')),
      `${kit} cp.spawn('true'); say([calls.at(-1) === 'true', truth().reason, warnings]);`,
    );
    expect(before).to.equal(true);
    expect(reason).to.match(/^other code has replaced ChildProcess.prototype.spawn/);
    expect(warnings).to.have.length(1);
  });
});

/** Replaces what Node calls in its native code: `sync`, `async` or both, and gives a function that takes it back. */
const hook = `
  const hook = (kind) => {
    const place = kind === 'sync' ? process.binding('spawn_sync') : process.binding('process_wrap').Process.prototype;
    const { spawn } = place;
    place.spawn = function (...args) { calls.push(kind); return spawn.apply(this, args); };
    return () => { place.spawn = spawn; };
  };
`;

describe("the native functions below Node's own, replaced by other code", () => {
  const starts = {
    sync: `{
      spawnSync: () => cp.spawnSync('true'), execSync: () => cp.execSync('true'), execFileSync: () => cp.execFileSync('true'),
    }`,
    async: `{
      spawn: () => cp.spawn('true'), exec: () => cp.exec('true'), execFile: () => cp.execFile('true'),
      fork: () => cp.fork('-e', [], { execPath: '/bin/true', execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] }),
    }`,
  };
  for (const [kind, other] of [
    ['sync', 'async'],
    ['async', 'sync'],
  ] as const)
    for (const when of ['before', 'after'] as const)
      it(`see every ${kind}hronous start, replaced ${when} forkless/register; taken back, the engine starts again`, async () => {
        const way =
          when === 'before'
            ? wayAfter(`${take} ${hook} globalThis.unhook = hook('${kind}');`)
            : wayAfter(take);
        const answer = await ask<Record<string, unknown>>(
          way,
          `${kit} ${when === 'after' ? hook : ''}
          const undo = ${when === 'before' ? 'unhook' : `hook('${kind}')`};
          const run = async (starts) => {
            const seen = {};
            for (const [name, start] of Object.entries(starts)) {
              calls.length = 0;
              const through = await throughUs(start);
              seen[name] = [through, calls.length];
            }
            return seen;
          };
          const while_ = { ...(await run(${starts[kind]})), ...(await run(${starts[other]})) };
          const { reason } = truth();
          undo();
          say({ while_, reason, then: await run(${starts[kind]}), after: truth().reason, warnings });
        `,
        );
        const seen = (through: boolean, calls: number, of: 'sync' | 'async') =>
          Object.fromEntries(
            names
              .filter((name) => /Sync$/.test(name) === (of === 'sync'))
              .map((name) => [name, [through, calls]]),
          );
        expect(answer['while_']).to.deep.equal({ ...seen(false, 1, kind), ...seen(true, 0, other) });
        expect(answer['then']).to.deep.equal(seen(true, 0, kind));
        expect(answer['reason']).to.match(
          kind === 'sync' ? /^other code .*: spawnSync, / : /^other code .*: spawn, /,
        );
        expect([answer['after'], answer['warnings']]).to.deep.equal([null, []]);
      });

  for (const [title, replacement] of [
    [
      'a bound function',
      'function (...args) { calls.push(1); return original.apply(this, args); }.bind(place)',
    ],
    [
      'a Proxy',
      'new Proxy(original, { apply: (target, self, args) => { calls.push(1); return Reflect.apply(target, self, args); } })',
    ],
    [
      'an object with a text of its own',
      'Object.assign((...args) => { calls.push(1); return original.apply(place, args); }, { toString: () => String(original) })',
    ],
  ] as const)
    it(`is noticed where ${title} stands in its place`, async () => {
      const answer = await ask(
        wayAfter(take),
        `${kit}
        const place = process.binding('spawn_sync');
        const original = place.spawn;
        cp.spawnSync('true');
        place.spawn = ${replacement};
        say([await throughUs(() => cp.spawnSync('true')), calls.length, typeof truth().reason]);
      `,
      );
      expect(answer).to.deep.equal([false, 1, 'string']);
    });

  it('do not see a start with options that only the engine can heed', async () => {
    const answer = await ask(
      wayAfter(take),
      `${kit} ${hook} hook('sync'); hook('async');
      const text = cp.execFileSync('sh', ['-c', 'umask'], { umask: 0o27, encoding: 'utf8' });
      const child = cp.spawn('sh', ['-c', 'umask'], { umask: 0o27 });
      let told = '';
      child.stdout.on('data', (data) => (told += data));
      await once(child, 'close');
      const missing = cp.spawnSync('/no/such/program', [], { umask: 0o27 });
      say([text, told, missing.error.code, missing.stdout === (parseInt(process.versions.node) < 22 ? null : undefined), calls]);
    `,
    );
    expect(answer).to.deep.equal(['0027\n', '0027\n', 'ENOENT', true, []]);
  });

  it('also with forkless/child_process alone', async () => {
    const answer = await ask(
      undefined,
      `globalThis.calls = []; ${hook}
      import * as ours from 'forkless/child_process';
      const before = await throughUs(() => ours.spawnSync('true'));
      hook('sync'); hook('async');
      const missing = ours.spawnSync('/no/such/program');
      say([before, missing.error.code, await throughUs(() => ours.spawn('true')), calls]);
    `,
    );
    expect(answer).to.deep.equal([true, 'ENOENT', false, ['sync', 'async']]);
  });

  for (const flag of ['--pending-deprecation', '--throw-deprecation'])
    it(`are looked at without a warning, with ${flag}, and a program's own use still warns`, async () => {
      const answer = await ask<unknown[]>(
        wayAfter(take, '--pending-deprecation', flag),
        `${kit}
        const own = Object.getOwnPropertyDescriptor(process, 'noDeprecation');
        cp.spawnSync('true');
        await throughUs(() => cp.spawn('true'));
        const before = [...warnings];
        let thrown = false;
        const code = await new Promise((resolve) => {
          process.on('warning', ({ code }) => resolve(code));
          process.on('uncaughtException', ({ code }) => resolve(code));
          process.binding('spawn_sync');
        });
        say([own ?? null, before, code]);
      `,
      );
      expect(answer).to.deep.equal([null, [], 'DEP0111']);
    });

  it('leave process.noDeprecation as the program has set it', async () => {
    const answer = await ask(
      wayAfter(`${take} process.noDeprecation = false;`, '--pending-deprecation'),
      `${kit} cp.spawnSync('true'); say([process.noDeprecation, warnings]);`,
    );
    expect(answer).to.deep.equal([false, []]);
  });

  it('leave --no-deprecation as it was', async () => {
    const answer = await ask(
      wayAfter(take, '--no-deprecation'),
      `${kit} cp.spawnSync('true'); say(Object.getOwnPropertyDescriptor(process, 'noDeprecation'));`,
    );
    expect(answer).to.deep.equal({ value: true, writable: false, enumerable: true, configurable: true });
  });
});

describe('forkless/child_process beside stubs', () => {
  it('tells a failed synchronous start as this Node does, and warns of shell arguments without calling a stub', async () => {
    const script = (stubbed: boolean) => `
      const cp = process.getBuiltinModule('node:child_process');
      const { spawnSync: real } = cp;
      const calls = [];
      if (${stubbed}) for (const name of ['spawn', 'spawnSync']) cp[name] = () => { calls.push(name); };
      const { spawnSync } = await import('forkless/child_process');
      const portrait = ({ error, ...rest }) => [Object.entries(rest).map(([key, value]) => [key, String(value)]), error.spawnargs];
      say([portrait(spawnSync('/no/such/program', ['a', 1])), portrait(real('/no/such/program', ['a', 1])), spawnSync('exit', ['3'], { shell: true }).status, calls]);
    `;
    const [ours, nodes, status, calls] = await ask<unknown[]>(undefined, script(true));
    expect(ours).to.deep.equal(nodes);
    expect([status, calls]).to.deep.equal([3, []]);
    expect((await ask<unknown[]>(undefined, script(false))).slice(0, 2)).to.deep.equal([ours, nodes]);
  });
});
