// For the programs of this folder: one of the two modules, named by whoever runs the program or the Worker.
import type childProcess from 'node:child_process';
import { isMainThread, workerData } from 'node:worker_threads';

type DoorName = 'node:child_process' | 'forkless/child_process';

/** A Worker gets it by `workerData`, alone or as a field. */
export const door: DoorName = isMainThread ? process.env['DOOR'] : (workerData.door ?? workerData);
// Neither is its child to see it.
if (isMainThread) delete process.env['DOOR'];

export const { default: cp }: { default: typeof childProcess } = await import(door);
