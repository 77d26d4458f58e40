// A Worker of workers.test.ts that posts the pids of two children, which live on.
import { parentPort } from 'node:worker_threads';
import { posixSpawn, posixSpawnSync } from 'forkless';

const argv = ['sh', '-c', 'exec sleep 1000'];
const children = [posixSpawnSync('/bin/sh', argv), await posixSpawn('/bin/sh', argv)];
parentPort?.postMessage(children.map(({ pid }) => pid));
