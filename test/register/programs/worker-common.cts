// A Worker of CommonJS: starts a child, and tells that it has ended.
import childProcess = require('node:child_process');
import workerThreads = require('node:worker_threads');

childProcess.spawn('/bin/true').on('close', () => workerThreads.parentPort?.postMessage('done'));
