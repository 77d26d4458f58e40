// A Worker that tells its flags, and those that a child has which it forks.
import childProcess = require('node:child_process');
import path = require('node:path');
import workerThreads = require('node:worker_threads');

const { parentPort } = workerThreads;
childProcess.fork(path.join(__dirname, 'flags-child.cjs')).on('message', (forked: unknown) => {
  parentPort?.postMessage({ own: process.execArgv, forked });
});
