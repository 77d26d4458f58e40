// Starts a child with so many pipes that is stuck before exec, and that names numbers which have just been closed.
import { closeSync, openSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { FileActions } from 'forkless';
import { spawn } from 'forkless/child_process';

const { fifo, pipes, named }: { fifo: string; pipes: number; named: number } = workerData;
const fileActions = new FileActions().addOpen(99, fifo, 'r');
const closed = Array.from({ length: named }, () => openSync('/dev/null', 'r'));
for (const fd of closed) {
  closeSync(fd);
  fileActions.addClose(fd);
}
spawn('cat', { stdio: Array<'pipe'>(pipes).fill('pipe'), fileActions });
