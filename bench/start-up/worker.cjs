// What one Worker with nothing in it costs, from its making to its end.
const { Worker } = require('node:worker_threads');
const { startTimer } = require('./timer.cjs');

const tell = startTimer();
new Worker(require.resolve('./empty.cjs')).once('exit', tell);
