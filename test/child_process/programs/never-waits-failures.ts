// Starts whose exec fails although it was as good as certain. With Node's functions, exec fails in the same way at once.
import type { ChildProcess } from 'node:child_process';
import { chmodSync, closeSync, copyFileSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { readParameters } from '../../support/in-program.js';
import { cp } from './door.js';
import { isHolding, letGo, startHeld } from './gate.js';
import { tellAll } from './story.js';

// The same for both runs: it is in messages.
const { folder } = readParameters<{ folder: string }>();
let count = 0;

interface Told {
  readonly first: unknown;
  readonly events: readonly unknown[];
}

const described = (value: unknown): unknown =>
  value instanceof Error ? { ...value, message: value.message, hasCause: 'cause' in value } : value;

/** All that is told of a child, and its fields when it is. */
function follow(child: ChildProcess): Promise<Told> {
  const events: unknown[] = [];
  for (const name of ['spawn', 'error', 'exit', 'close', 'disconnect'])
    child.on(name, (...args: readonly unknown[]) => {
      const { pid, exitCode, signalCode, killed } = child;
      const fields =
        name === 'spawn'
          ? {}
          : {
              pid: typeof pid,
              exitCode,
              signalCode,
              killed,
              ...(name === 'error' && { sent: child.kill() }),
            };
      events.push([name, ...args.map(described), fields]);
    });
  child.stdin?.on('error', () => {});
  child.stdout?.resume();
  child.stderr?.resume();
  const first = typeof child.pid;
  return new Promise((resolve) => child.on('close', () => resolve({ first, events })));
}

/** A copy of /bin/cat in a folder of its own. */
function makeProgram(text?: string): string {
  count += 1;
  const path = `${folder}/${count}/program`;
  rmSync(`${folder}/${count}`, { recursive: true, force: true });
  mkdirSync(`${folder}/${count}`, { recursive: true });
  if (text === undefined) copyFileSync('/bin/cat', path);
  else writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}

/** `spoil` makes exec fail: after `spawn` has returned where the child is held, before it otherwise. */
async function failing(
  spoil: (path: string) => unknown,
  start: (path: string) => ChildProcess = (path) => cp.spawn(path, ['argument']),
  path = makeProgram(),
): Promise<unknown> {
  if (!isHolding) spoil(path);
  let child: ChildProcess;
  try {
    child = startHeld(() => start(path));
  } catch (error) {
    return { thrown: described(error) };
  }
  const told = follow(child);
  if (isHolding) letGo(Number(spoil(path) ?? 0));
  return told;
}

function writingTo(path: string): void {
  const fd = openSync(path, 'r+');
  setTimeout(() => closeSync(fd), 1000).unref();
}

async function failingInCallback(
  start: (path: string, done: (...args: readonly unknown[]) => void) => unknown,
) {
  const path = makeProgram();
  if (!isHolding) rmSync(path);
  return new Promise((resolve) => {
    startHeld(() => start(path, (...args) => resolve(args.map(described))));
    if (isHolding) rmSync(path);
    letGo();
  });
}

await tellAll({
  ENOENT: () => failing((path) => rmSync(path)),
  'ENOENT of the folder': () => failing((path) => rmSync(dirname(path), { recursive: true })),
  EACCES: () => failing((path) => chmodSync(path, 0o644)),
  'EACCES of a folder there': () =>
    failing((path) => {
      rmSync(path);
      mkdirSync(path);
    }),
  ENOTDIR: () =>
    failing((path) => {
      rmSync(dirname(path), { recursive: true });
      writeFileSync(dirname(path), '');
    }),
  'no format': () =>
    failing((path) => {
      rmSync(path);
      writeFileSync(path, '\x7fELF is not what this is', { mode: 0o755 });
    }),
  'ENOENT of an interpreter': () =>
    failing((path) => {
      rmSync(path);
      writeFileSync(path, '#!/no/such/interpreter\n', { mode: 0o755 });
    }),
  ETXTBSY: () => failing(writingTo),
  'ENOENT of a fork': () =>
    failing(
      (path) => rmSync(path),
      (path) => cp.fork('/no/such/module', { execPath: path, silent: true }),
    ),
  'ENOENT of exec': () => failingInCallback((shell, done) => cp.exec('echo', { shell }, done)),
  'ENOENT of execFile': () => failingInCallback((path, done) => cp.execFile(path, ['argument'], done)),
  'ENOENT of promisified execFile': async () => {
    const path = makeProgram();
    if (!isHolding) rmSync(path);
    const promise = startHeld(() => promisify(cp.execFile)(path));
    if (isHolding) rmSync(path);
    letGo();
    return promise.then(() => 'no error', described);
  },
  'ENOENT without pipes': () =>
    failing(
      (path) => rmSync(path),
      (path) => cp.spawn(path, { stdio: 'ignore' }),
    ),
  'ENOENT after its input was written': () =>
    failing(
      (path) => rmSync(path),
      (path) => {
        const child = cp.spawn(path);
        child.stdin?.on('error', () => {});
        child.stdin?.end('text');
        return child;
      },
    ),
});
