// For pdeathsig-parent.ts: a Worker that starts the shell, says which thread it is, and ends when it is told to.
import { readlinkSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { posixSpawn } from 'forkless';

const { argv, options, byItself } = workerData as { argv: string[]; options: object; byItself: boolean };
// setpriv asks the kernel itself, for a signal at the end of the thread that has started it
const [file, ...before] = byItself ? ['/usr/bin/setpriv', '--pdeathsig', 'TERM', '/bin/sh'] : ['/bin/sh'];
const child = await posixSpawn(file as string, [file as string, ...before, ...argv], options);
child.unref();
parentPort?.postMessage(readlinkSync('/proc/thread-self'));
parentPort?.once('message', () => process.exit(0));
