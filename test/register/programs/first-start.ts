// For first-start.test.ts: starts while something is in the way of the engine's files, and when it is gone.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { readParameters, say } from '../../support/in-program.js';

type ChildProcess = typeof import('forkless/child_process');

const { trouble, folder } = readParameters<{ trouble: string; folder: string }>();
const warnings: string[] = [];
process.on('warning', ({ name, message }) => warnings.push(`${name}: ${message}`));

let tornDown = false;
const entry = path.join(folder, 'dist/child_process/index.js');
const registry = new Map<string, unknown>();
const own = createRequire(import.meta.url);
const cp: ChildProcess = ['torn down', 'carried out again'].includes(trouble)
  ? (inRegistry(entry, registry) as ChildProcess)
  : importUnder(trouble);
const names = ['readFileSync', 'statSync', 'openSync', 'readSync', 'realpathSync', 'existsSync'] as const;

/** Starts with an option that Node's functions would ignore. */
const more = { umask: 0o77 };
const withOption: readonly (() => unknown)[] = [
  () => cp.spawn('true', more),
  () => cp.exec('true', more),
  () => cp.execFile('true', [], more, () => {}),
  () => cp.fork('missing.js', more),
  () => cp.spawnSync('true', [], more),
  () => cp.execSync('true', more),
  () => cp.execFileSync('true', more),
];

function thrownCode(start: () => unknown): unknown {
  try {
    start();
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

/** Only the engine gives an error a cause. */
function byEngine(): boolean {
  return cp.spawnSync('/missing').error?.cause !== undefined;
}

/** Loads the entry, where that is the trouble with the fake clock of a browser, without `process`, or with frozen modules. */
function importUnder(trouble: string): ChildProcess {
  const timers = process.getBuiltinModule('node:timers');
  const { setTimeout } = timers;
  const there = process;
  if (trouble === 'fake clock') Object.assign(timers, { setTimeout: () => 1 });
  if (trouble === 'no process') Reflect.deleteProperty(globalThis, 'process');
  if (trouble === 'frozen')
    for (const id of ['child_process', 'worker_threads']) Object.freeze(process.getBuiltinModule(id));
  try {
    if (['no process', 'frozen'].includes(trouble)) own(path.join(folder, 'dist/register.js'));
    return own(entry);
  } finally {
    globalThis.process = there;
    Object.assign(timers, { setTimeout });
  }
}

/** What each kind of function does while the trouble lasts. */
async function use(): Promise<unknown[]> {
  const { stdout } = await promisify(cp.exec)('echo exec');
  const child = cp.spawn('echo', ['spawn'], { stdio: 'ignore' });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  return [cp.execFileSync('echo', ['hi'], { encoding: 'utf8' }), stdout, code, byEngine()];
}

const troubles: Readonly<Record<string, () => unknown>> = {
  deleted() {
    fs.rmSync(folder, { recursive: true });
    return use();
  },
  async 'fs replaced'() {
    const before = Object.fromEntries(names.map((name) => [name, fs[name]]));
    for (const name of names)
      Object.assign(fs, {
        [name]() {
          throw Object.assign(new Error(`ENOENT: no such file or directory, ${name}`), { code: 'ENOENT' });
        },
      });
    try {
      return await use();
    } finally {
      Object.assign(fs, before);
    }
  },
  'other user'() {
    process.setgroups?.([]);
    process.setgid?.(65534);
    process.setuid?.(65534);
    return use();
  },
  'no descriptors'() {
    const fds: number[] = [];
    let full = false;
    while (!full)
      try {
        fds.push(fs.openSync('/dev/null', 'r'));
      } catch {
        full = true;
      }
    try {
      return [
        (cp.spawnSync('true').error as NodeJS.ErrnoException | undefined)?.code,
        ...withOption.map(thrownCode),
      ];
    } finally {
      for (const fd of fds) fs.closeSync(fd);
    }
  },
  'deep stack'() {
    const thrown = new Set<string>();
    const masks = new Set<string>();
    let level = 0;
    dive();
    return { thrown: [...thrown], masks: [...masks] };

    function dive(): void {
      try {
        dive();
      } catch {
        // here the stack is full; it has more room with each return
      }
      if (level++ < 600 && level % 3 === 0)
        try {
          const { stdout } = cp.spawnSync('/bin/sh', ['-c', 'umask'], { umask: 0o77, encoding: 'utf8' });
          if (stdout) masks.add(stdout);
        } catch (error) {
          thrown.add((error as Error).name);
        }
    }
  },
  none: use,
  'fake clock': use,
  'no process': use,
  frozen: use,
  async 'fs replaced later'() {
    const { readFileSync } = fs;
    const awake = setInterval(() => {}, 1000);
    await new Promise<void>((resolve) => {
      fs.readFileSync = ((...args: Parameters<typeof readFileSync>) => {
        if (!String(args[0]).endsWith('dist/forkless.js')) return readFileSync(...args);
        setImmediate(resolve);
        throw new Error('there is no such file in this test');
      }) as typeof readFileSync;
    });
    clearInterval(awake);
    fs.readFileSync = readFileSync;
    return use();
  },
  async 'platform replaced'() {
    const { arch, platform } = Object.getOwnPropertyDescriptors(process);
    Object.defineProperty(process, 'platform', { value: 'win32', configurable: true });
    Object.defineProperty(process, 'arch', { value: 'ia32', configurable: true });
    const engine = byEngine();
    Object.defineProperties(process, { arch, platform });
    return [engine, ...(await use())];
  },
  'carried out again'() {
    const { FileActions, SpawnError, features } = inRegistry(
      path.join(folder, 'dist/index.js'),
      registry,
    ) as typeof import('forkless');
    const fileActions = new FileActions().addOpen(7, '/dev/null', 'r');
    return [
      cp.spawnSync('/missing').error?.cause instanceof SpawnError,
      cp.spawnSync('test', ['-e', '/proc/self/fd/7'], { fileActions }).status,
      features().childProcess,
    ];
  },
  'torn down'() {
    tornDown = true;
    return use();
  },
};

const during = await troubles[trouble]?.();
const after = trouble === 'deleted' || trouble === 'other user' ? null : byEngine();
await new Promise((resolve) => setImmediate(resolve)); // warnings come in the next tick
say({ during, after, warnings });

/** Loads a file as a test runner does, with a `require` that throws once the test has ended. */
function inRegistry(file: string, files: Map<string, unknown>): unknown {
  const module = { exports: {} };
  const load = (name: string): unknown => {
    if (tornDown) throw new ReferenceError('required after the test environment has been torn down');
    const target = path.resolve(path.dirname(file), name);
    if (!files.has(target)) files.set(target, inRegistry(target, files));
    return files.get(target);
  };
  const text = fs.readFileSync(file, 'utf8');
  const parameters = ['exports', 'require', 'module', '__filename', '__dirname'];
  new Function(...parameters, text)(module.exports, load, module, file, path.dirname(file));
  return module.exports;
}
