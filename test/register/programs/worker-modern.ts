// A Worker that is an ES module: starts a child, and tells that it has ended. It imports nothing but built-in modules.
import { spawn } from 'node:child_process';
import { parentPort } from 'node:worker_threads';

spawn('/bin/true').on('close', () => parentPort?.postMessage('done'));
