import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { posixSpawn } from 'forkless';
import { claim, table } from './show.mjs';

const SLOTS = 24;
const missing = '/no/such/program';

/**
 * The child tells its errno through a pipe whose number lies among the 24. A pipe that does not move out of the way is
 * replaced by the caller's file; which Nodes still do that is for this run to say.
 */
export async function manySlots(folder) {
  const theirs = await inFile(path.join(folder, 'theirs'), childProcessOutcome);
  const ours = await inFile(path.join(folder, 'ours'), forklessOutcome);
  table([
    [`${missing}, 24 times one file`, 'outcome', 'written into the file'],
    [`node:child_process, ${process.version}`, theirs.outcome, bytes(theirs.written)],
    ['forkless', ours.outcome, bytes(ours.written)],
  ]);
  claim('forkless: ENOENT, from execve', ours.outcome === 'ENOENT (execve)');
  claim('forkless: not a byte in the file of the caller', ours.written.length === 0);
}

async function inFile(file, outcomeOf) {
  const fd = openSync(file, 'w');
  try {
    const outcome = await outcomeOf(Array(SLOTS).fill(fd));
    return { outcome, written: readFileSync(file) };
  } finally {
    closeSync(fd);
  }
}

function childProcessOutcome(stdio) {
  return new Promise((resolve) => {
    const child = spawn(missing, [], { stdio });
    child.on('error', (error) => resolve(error.code));
    child.on('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : signal));
  });
}

async function forklessOutcome(fds) {
  return posixSpawn(missing, [missing], { fds }).then(
    () => 'it started',
    (error) => `${error.code} (${error.step})`,
  );
}

function bytes(buffer) {
  if (buffer.length === 0) return 'nothing';
  const errno = buffer.length === 4 ? `, the errno ${new Int32Array(new Uint8Array(buffer).buffer)[0]}` : '';
  return `${buffer.length} bytes${errno}`;
}
