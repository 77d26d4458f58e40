// Both doors while every name that they use stands on Object.prototype: a script for runNode, with the kind of value as
// its argument. It says what comes out different.
import nodeChildProcess from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { promisify } from 'node:util';
import {
  explain,
  explainSpawn,
  FileActions,
  features,
  getCloexec,
  openPipe,
  posixSpawn,
  posixSpawnpSync,
  posixSpawnSync,
  SpawnError,
} from 'forkless';
import oursChildProcess from 'forkless/child_process';
import { sourcesIn } from '../../plan/source.js';
import { readParameters } from '../../support/in-program.js';
import type { ProbeReport } from '../../support/probe.js';
import { probeArgv, probePath } from '../../support/probe.js';
import { slowness } from '../../support/slowness.js';
import { makeFile } from '../../support/starts.js';
import { tempPath } from '../../support/temp.js';

const { kind } = readParameters<{ kind: string }>();

/** What is on Object.prototype, under each name. */
const kinds: Readonly<Record<string, PropertyDescriptor>> = {
  'a number': { value: 987, writable: true, enumerable: true },
  'a text': { value: 'x', writable: true },
  true: { value: true, writable: true },
  'a function': { value: () => 1, writable: true },
  'a getter that throws': {},
  'a setter that throws': { get: () => undefined },
};

/** Every name of a field, an option or a value in the sources of the library, and those that a descriptor has. */
function allNames(): string[] {
  const words = [...sourcesIn('lib').values()].flatMap((text) =>
    [...text.matchAll(/\b([A-Za-z_]\w*)\??:|'([A-Za-z_]\w*)'/g)].map(
      ([, before, quoted]) => before ?? quoted ?? '',
    ),
  );
  const excluded = [...Object.getOwnPropertyNames(Object.prototype), 'then', 'NODE_V8_COVERAGE']; // every promise of the program asks for it
  return [...new Set([...words, 'get', 'set', 'triggerAsyncId'])].filter((name) => !excluded.includes(name));
}

async function under<T>(names: readonly string[], run: () => Promise<T>): Promise<T> {
  for (const name of names) Object.defineProperty(Object.prototype, name, descriptorFor(name));
  try {
    return await run();
  } finally {
    for (const name of names) Reflect.deleteProperty(Object.prototype, name);
  }
}

function descriptorFor(name: string): PropertyDescriptor {
  const common = { __proto__: null, ...kinds[kind], configurable: true };
  const fail = (act: string) => (): never => {
    throw new Error(`${act} ${name}`);
  };
  if (kind === 'a setter that throws') return Object.assign(common, { set: fail('set') });
  if (kind !== 'a getter that throws') return common;
  // what is assigned is kept: Node itself assigns all the time
  const set = function (this: object, value: unknown): void {
    Object.defineProperty(this, name, {
      __proto__: null,
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    } as PropertyDescriptor);
  };
  return Object.assign(common, { get: fail('got'), set });
}

type Outcome = () => unknown;
/** Runs while the names are there; what it gives is looked at when they are gone. */
type Item = readonly [title: string, run: () => Outcome | Promise<Outcome>];

// without prototype: Node takes inherited variables, as it says
const variables = { __proto__: null, A: '1' } as object as NodeJS.ProcessEnv;
const noVariables = { __proto__: null } as object as NodeJS.ProcessEnv;
const missing = '/no/such/program';
const failing = makeFile('#!/bin/sh\necho out; echo err >&2; exit 3\n');
const echo = makeFile(
  "process.once('message', (message) => process.send(message, () => process.disconnect()));",
);

function same(value: unknown): Outcome {
  return () => value;
}

function reportOf(path: string): Outcome {
  return () => {
    if (!existsSync(path)) return 'no report';
    const { argv, env, cwd, umask, pid, pgid, sid, nice, schedPolicy, sigBlk, sigIgn, fds }: ProbeReport =
      JSON.parse(readFileSync(path, 'latin1'));
    rmSync(path);
    const leader = [pgid === pid, sid === pid];
    return {
      argv: argv.slice(0, 2),
      env,
      cwd,
      umask,
      leader,
      nice,
      schedPolicy,
      sigBlk,
      sigIgn,
      fds: fds.map(({ fd }) => fd),
    };
  };
}

/** A posixSpawn that is looked at by its probe. */
function probed(options: object, start: typeof posixSpawn | typeof posixSpawnSync = posixSpawn): Item[1] {
  return async () => {
    const path = tempPath('report');
    const child = await start(probePath, probeArgv('report-to', path), options);
    const end = await child.exited;
    return () => [end, reportOf(path)()].map(withoutUsage);
  };
}

function withoutUsage(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'resourceUsage')) return value;
  return { ...value, resourceUsage: Object.keys((value as { resourceUsage: object }).resourceUsage) };
}

explainSpawn('/x'); // its files are loaded with that
features(); // and with that the engine of the drop-in: a polluted program may fail to load it, and goes on with Node's
const log = tempPath('log');
const zero = openSync('/dev/zero', 'r');
const posix: readonly Item[] = [
  ['a start', probed({ env: ['A=1'] })],
  ['a synchronous start', probed({ env: ['A=1'] }, posixSpawnSync)],
  ['the environment', probed({})],
  ['an environment', probed({ env: { A: '1', B: undefined } })],
  ['a directory', probed({ cwd: '/tmp', env: [] })],
  ['one attribute', probed({ umask: 0o22, env: [] })],
  [
    'all attributes',
    probed({
      env: [],
      setsid: true,
      umask: 0o22,
      sigmask: ['SIGUSR1'],
      sigignore: [12],
      sigdefault: 'all',
      schedPolicy: 'SCHED_BATCH',
    }),
  ],
  ['only what is named', probed({ env: [], cloexecDefault: true, fds: [null, zero, zero, 1, 0] })],
  [
    'file actions',
    probed({
      env: [],
      fileActions: new FileActions().addOpen(7, log, 'a').addDup2(7, 8).addClose(7).addChdir('/'),
    }),
  ],
  ['a signal that is not aborted', probed({ env: [], signal: new AbortController().signal })],
  ['a missing program', async () => same(await posixSpawn(missing, ['x']))],
  ['a program that is not in PATH', () => same(posixSpawnpSync('no-such-program', ['x']))],
  ['a missing directory', async () => same(await posixSpawn('/bin/true', ['true'], { cwd: missing }))],
  ['a closed descriptor', () => same(posixSpawnSync('/bin/true', ['true'], { fds: [5000] }))],
  [
    'a file action that fails',
    () =>
      same(
        posixSpawnSync('/bin/true', ['true'], {
          fileActions: new FileActions().addChdir('/').addDup2(5000, 1),
        }),
      ),
  ],
  [
    'a range that cannot be closed',
    () =>
      same(
        explain('/bin/true', ['true'], {
          env: [],
          cloexecDefault: true,
          fds: [1, 0, 7],
          fileActions: new FileActions().addClosefrom(3),
        }),
      ),
  ],
  ['the plan of spawn', () => same(explainSpawn('/bin/true', ['x'], { env: noVariables, umask: 0o27 }))],
  ['a wrong argument', () => same(posixSpawnSync(5 as never, ['true']))],
  ['a wrong option', () => same(posixSpawnSync('/bin/true', ['true'], { umask: -1 }))],
  ['an unknown option', () => same(posixSpawnSync('/bin/true', ['true'], { foo: 1 } as never))],
  [
    'an abort',
    async () =>
      same(await posixSpawn('/bin/true', ['true'], { signal: AbortSignal.abort(new Error('why')) })),
  ],
  [
    'a kill',
    async () => {
      const child = await posixSpawn('/bin/sleep', ['sleep', '60'], { env: [] });
      const killed = child.kill('SIGUSR1');
      const { signal } = await child.exited;
      return same([killed, signal]);
    },
  ],
  [
    'a pipe',
    () => {
      const pipe = openPipe();
      const marks = pipe.map(getCloexec);
      pipe.forEach(closeSync);
      return same(marks);
    },
  ],
];

type Module = typeof nodeChildProcess;

function dropIn(cp: Module): readonly Item[] {
  const spawned =
    (options: object): Item[1] =>
    async () => {
      const path = tempPath('report');
      const child = cp.spawn(probePath, probeArgv('report-to', path).slice(1), options);
      const end = await once(child, 'close');
      return () => [end, reportOf(path)()];
    };
  return [
    ['spawn', spawned({ stdio: 'ignore', env: variables })],
    ['spawn with pipes', spawned({ env: variables })],
    ['spawn with the environment', spawned({ stdio: 'ignore' })],
    [
      'spawn with descriptors',
      spawned({
        stdio: ['ignore', zero, 'inherit', 'ignore', 'pipe'],
        env: noVariables,
        cwd: '/tmp',
        detached: true,
      }),
    ],
    ['spawn without options', async () => same(await once(cp.spawn('/bin/true'), 'exit'))],
    ['spawn of a missing program', async () => same(await once(cp.spawn(missing), 'exit'))],
    ['spawn of a wrong argument', () => same(cp.spawn('/bin/true', { cwd: 5 as never }))],
    [
      'spawnSync',
      () => {
        const { pid: _, ...rest } = cp.spawnSync(failing, ['a'], { encoding: 'utf8' });
        return same(rest);
      },
    ],
    [
      'spawnSync of a missing program',
      () => same(cp.spawnSync(missing, { stdio: ['ignore', 'pipe', zero] })),
    ],
    ['execFileSync', () => same(cp.execFileSync(failing, ['a'], { stdio: 'pipe', env: variables }))],
    ['execSync', () => same(cp.execSync('umask; cat', { input: 'input', encoding: 'utf8' }))],
    ['exec', async () => same(await promisify(cp.exec)('echo a; exit 2', { env: noVariables }))],
    ['execFile', async () => same(await promisify(cp.execFile)('/bin/echo', ['a']))],
    [
      'execFile with a limit',
      async () => same(await promisify(cp.execFile)('/bin/echo', ['abc'], { maxBuffer: 2 })),
    ],
    [
      'a kill',
      async () => {
        const child = cp.spawn('/bin/sleep', ['60'], { stdio: 'ignore' });
        const killed = child.kill('SIGUSR1');
        return same([killed, await once(child, 'exit')]);
      },
    ],
    [
      'fork',
      async () => {
        const child = cp.fork(echo, ['a'], { env: noVariables, execArgv: [] });
        child.send({ text: 'hello' });
        const [message] = await once(child, 'message');
        return same([message, await once(child, 'exit')]);
      },
    ],
  ];
}

/** The options that only ours has. */
const more: readonly Item[] = [
  ['spawnSync with one option', moreSync({ umask: 0o22 })],
  ['spawnSync with another', moreSync({ inheritFds: [zero] })],
  ['spawnSync with file actions', moreSync({ fileActions: new FileActions().addOpen(9, '/dev/zero', 'r') })],
  ['spawnSync that inherits', moreSync({ setsid: false })],
  [
    'execFileSync with one option',
    () => same(oursChildProcess.execFileSync('sh', ['-c', 'umask'], { umask: 0o27, encoding: 'utf8' })),
  ],
  [
    'execSync with one option',
    () => same(oursChildProcess.execSync('umask', { umask: 0o27, encoding: 'utf8' })),
  ],
  [
    'exec with one option',
    async () => same(await promisify(oursChildProcess.exec)('umask', { umask: 0o27 } as object)),
  ],
  [
    'a failed file action',
    () =>
      same(oursChildProcess.spawnSync('/bin/true', [], { fileActions: new FileActions().addDup2(5000, 1) })),
  ],
  ['a wrong option', () => same(oursChildProcess.spawnSync('/bin/true', [], { umask: -1 }))],
];

function moreSync(options: object): Item[1] {
  return () => {
    const path = tempPath('report');
    const result = oursChildProcess.spawnSync(probePath, probeArgv('report-to', path).slice(1), {
      stdio: 'ignore',
      env: noVariables,
      ...options,
    });
    return () => [result, reportOf(path)()];
  };
}

const LATE = 5_000 * slowness;

async function outcome(run: Item[1]): Promise<Outcome> {
  try {
    return await run();
  } catch (error) {
    return same(error);
  }
}

let uncaught: unknown[] = [];
/** Of the items; what goes wrong here ends the program. */
let observing = false;
process.on('uncaughtException', (error) => {
  if (!observing) {
    console.error(error);
    process.exit(1);
  }
  uncaught.push(error);
});

/** Each item's outcome, as text. */
async function observe(items: readonly Item[], names: readonly string[]): Promise<string[]> {
  uncaught = [];
  observing = true;
  const all = await under(names, async () => {
    let late: () => void = () => {};
    const deadline = new Promise<Outcome>((resolve) => {
      late = () => resolve(same('late'));
    });
    const timer = setTimeout(late, LATE);
    const outcomes = await Promise.all(items.map(([, run]) => Promise.race([outcome(run), deadline])));
    clearTimeout(timer);
    return outcomes;
  });
  observing = false;
  const texts = all.map((each, index) => `${items[index]?.[0]}: ${describeValue(each())}`);
  return uncaught.length === 0 ? texts : [...texts, `uncaught: ${describeValue(uncaught)}`];
}

function describeValue(value: unknown): string {
  // Node writes into the error of a synchronous function all that the result has, that error too
  const known = new Set<unknown>();
  return JSON.stringify(value, (key, each: unknown) => {
    if (each instanceof Error) {
      if (known.has(each)) return 'again';
      known.add(each);
      const { name, message, cause } = each;
      return [name, message, { ...each }, cause instanceof SpawnError ? null : cause];
    }
    return key === 'stack' || key === 'pid' || typeof each === 'function' ? undefined : each;
  }).replaceAll(/report-?\w*|\/[^" ]*report[^" ]*/g, 'REPORT');
}

/** Of Node's own streams, events, timers and functions, which look for them in what has a prototype. */
const ofNode = [
  '_eval',
  'argv0',
  'construct',
  'encoding',
  'error',
  'handle',
  'pid',
  'signal',
  'writable',
  'write',
];
/** A child of Node's does not end with the first one; the other is written to programs that do not read: a race. */
const notTried = ['ipc', 'input'];
/** With a setter that throws Node's own streams and events do not get far: what has none of them is tried. */
const needsNode = /signal|spawn|exec|fork|kill/;
const assignedByNode = ['id'];

/** @returns the items whose outcome depends on the names: what is seen, and what should be. */
async function differences(items: readonly Item[], names: readonly string[]): Promise<[string, string][]> {
  const usual = await observe(items, []);
  const seen = await observe(items, names);
  const all = seen.map((text, index): [string, string] => [text, usual[index] ?? 'nothing']);
  return all.filter(([text, expected]) => text !== expected);
}

const names = allNames().filter((name) => kind !== 'a setter that throws' || !assignedByNode.includes(name));
const others = names.filter((name) => !ofNode.includes(name) && !notTried.includes(name));
const [stock, ours] = [dropIn(nodeChildProcess), dropIn(oursChildProcess)];
const usable = (items: readonly Item[]): readonly Item[] => {
  // Node's channel asks each message for its fields
  if (kind === 'a getter that throws') return items.filter(([title]) => title !== 'fork');
  if (kind !== 'a setter that throws') return items;
  return items.filter(([title]) => /Sync/.test(title) || !needsNode.test(title));
};
const found = [
  ...(await differences(usable(posix), names)),
  ...(await differences(usable(more), others)),
  ...(await differences(usable(ours), others)),
];
// Of those that Node itself asks for: where its own function is misled, ours may be so in the same way. Not with a
// getter or a setter that throws, which ends in a crash of Node.
if (!kind.endsWith('that throws'))
  for (const name of ofNode) {
    const nodes = await differences(stock, [name]);
    const titleOf = (text: string): string => text.slice(0, text.indexOf(':'));
    const misled = (text: string): boolean =>
      nodes.some(
        ([seen]) => seen === text || (text.startsWith('uncaught') && titleOf(seen) === titleOf(text)),
      );
    found.push(...(await differences(ours, [name])).filter(([text]) => !misled(text)));
  }
console.log(JSON.stringify({ names: names.length, found }));
process.exit();
