// A Worker of namespace-of-worker.ts that starts a process in a pid namespace of its own.
import { parentPort } from 'node:worker_threads';
import { spawnSync } from 'forkless/child_process';
import { meddle } from '../../support/meddle.js';
import { NEWPID } from './namespaces.js';

meddle.unshare(NEWPID);
parentPort?.postMessage(spawnSync('sh', ['-c', 'echo $$ $PPID'], { encoding: 'utf8' }).stdout);
