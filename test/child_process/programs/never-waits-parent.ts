// Ends in a way that the test names, right after `spawn`. The child writes on, into the output that it has inherited.
import { writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { readParameters } from '../../support/in-program.js';
import { cp, door } from './door.js';
import type { GatePoint } from './gate.js';
import { isHolding, letGo, startHeld } from './gate.js';

const { way, point } = readParameters<{ way: string; point: GatePoint }>();

/** It ends only after its parent, which writes nothing after it has said so. */
function start() {
  return startHeld(
    () => cp.spawn('/bin/sh', ['-c', 'read end; echo the child ran'], { stdio: [0, 1, 2] }),
    1,
    point,
  );
}

type Execve = (file: string, args: readonly string[], env?: NodeJS.ProcessEnv) => void;

const ways: Readonly<Record<string, () => unknown>> = {
  'process.exit': () => process.exit(3),
  'process.reallyExit': () => (process as unknown as { reallyExit(code: number): void }).reallyExit(4),
  'process.exit in a listener of exit': () => process.on('exit', () => process.exit(5)).exit(),
  'a throw': () => {
    throw new Error('thrown by the parent');
  },
  'a rejection': () => Promise.reject(new Error('rejected by the parent')),
  'process.abort': () => process.abort(),
  SIGKILL: () => process.kill(process.pid, 'SIGKILL'),
  SIGTERM: () => process.kill(process.pid, 'SIGTERM'),
  SIGSEGV: () => process.kill(process.pid, 'SIGSEGV'),
  'process.execve': () =>
    (process as unknown as { execve: Execve }).execve('/bin/sh', ['sh', '-c', 'echo another program'], {}),
};

// The first start of all never shares the descriptor table.
cp.spawnSync('/bin/true');

if (way.startsWith('a Worker')) {
  const worker = new Worker(new URL('./never-waits-worker.js', import.meta.url), {
    workerData: { door, way, point, isHolding },
  });
  worker.once('message', () => {
    if (way.endsWith('terminated')) void worker.terminate();
  });
  worker.on('error', (error) => writeSync(1, `${error.message}\n`));
  worker.on('exit', (code) => {
    writeSync(1, `the Worker ended with ${code}\n`);
    letGo();
  });
} else if (way === 'the child is unref’d') {
  start().unref();
  // The loop ends, and with it the process.
} else {
  start();
  const end = ways[way];
  if (end === undefined) throw new Error(`there is no way ${way}`);
  end();
}
