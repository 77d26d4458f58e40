import { spawnSync } from 'node:child_process';
import { parentPort } from 'node:worker_threads';
import { throughUs } from './kit.js';

parentPort?.postMessage(await throughUs(() => spawnSync('true')));
