import { parentPort, workerData } from 'node:worker_threads';
import { posixSpawnSync } from 'forkless';
import { startShell } from './running.js';

const first = await (await startShell(`exit ${workerData}`)).exited;
const second = await posixSpawnSync('/bin/sh', ['sh', '-c', `exit ${workerData + 1}`]).exited;
parentPort?.postMessage([first.code, second.code]);
