// For first-start.test.ts: starts while something is in the way of the engine's files, and when it is gone.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { readParameters, say } from '../../support/in-program.js';

type ChildProcess = typeof import('node:child_process');

const { trouble, folder } = readParameters<{ trouble: string; folder: string }>();
const warnings: string[] = [];
process.on('warning', ({ name, message }) => warnings.push(`${name}: ${message}`));

let tornDown = false;
const entry = path.join(folder, 'dist/child_process/index.js');
const cp: ChildProcess = trouble === 'torn down' ? inRegistry(entry) : createRequire(import.meta.url)(entry);
const names = ['readFileSync', 'statSync', 'openSync', 'readSync', 'realpathSync', 'existsSync'] as const;

/** Only the engine gives an error a cause. */
function byEngine(): boolean {
  return cp.spawnSync('/missing').error?.cause !== undefined;
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
      return (cp.spawnSync('true').error as NodeJS.ErrnoException | undefined)?.code;
    } finally {
      for (const fd of fds) fs.closeSync(fd);
    }
  },
  'deep stack'() {
    const thrown = new Set<string>();
    let level = 0;
    dive();
    return [...thrown];

    function dive(): void {
      try {
        dive();
      } catch {
        // here the stack is full; it has more room with each return
      }
      if (level++ < 400 && level % 10 === 0)
        try {
          cp.spawnSync('true', { stdio: 'ignore' });
        } catch (error) {
          thrown.add((error as Error).name);
        }
    }
  },
  none: use,
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
function inRegistry(file: string, files = new Map<string, unknown>()): ChildProcess {
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
  return module.exports as ChildProcess;
}
