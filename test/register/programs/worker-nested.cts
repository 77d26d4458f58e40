// A Worker that makes another one, of the file and the options that the environment names, and passes its message on.
import workerThreads = require('node:worker_threads');

const { file, options } = JSON.parse(process.env['NESTED'] ?? '');
new workerThreads.Worker(file, options).on('message', (message: unknown) =>
  workerThreads.parentPort?.postMessage(message),
);
