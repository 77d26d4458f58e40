import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { meddle } from './meddle.js';

let root: string | undefined;
let count = 0;

/** A path that nothing stands at yet, in a folder that goes away with this process and in which anybody may write. */
export function tempPath(name = 'file'): string {
  root ??= makeRoot();
  count += 1;
  return join(root, `${count}-${name}`);
}

/** A new FIFO. Opening it for reading blocks until somebody opens it for writing, and the other way round. */
export function makeFifo(): string {
  const path = tempPath('fifo');
  meddle.makeFifo(path);
  return path;
}

function makeRoot(): string {
  const folder = mkdtempSync(join(tmpdir(), 'forkless-'));
  chmodSync(folder, 0o777);
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
