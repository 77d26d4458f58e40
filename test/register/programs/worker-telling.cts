// A Worker that tells what it has been given.
import childProcess = require('node:child_process');
import workerThreads = require('node:worker_threads');

const { parentPort, workerData, resourceLimits, getEnvironmentData } = workerThreads;
const { threadName } = workerThreads as { threadName?: unknown };
childProcess.spawn('/bin/true').on('close', () =>
  parentPort?.postMessage({
    argv: process.argv.slice(2),
    env: { ...process.env },
    execArgv: process.execArgv,
    data: typeof workerData?.postMessage === 'function' ? 'a port' : workerData,
    limits: resourceLimits,
    environmentData: getEnvironmentData('key'),
    name: threadName,
    preloaded: (globalThis as { preloaded?: unknown }).preloaded,
  }),
);
