require('forkless/register');
const { execFileSync } = require('child_process');
const { Worker } = require('worker_threads');

const text = execFileSync('/bin/echo', ['text'], { encoding: 'utf8' });
new Worker('./worker.js').once('message', (inWorker) => {
  const { features } = require('forkless');
  const starts = Object.values(features().rungs).reduce((sum, count) => sum + count, 0);
  console.log(JSON.stringify({ text, inWorker, starts, dropIn: features().childProcess }));
});
