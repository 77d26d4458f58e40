const { execFileSync } = require('child_process');
const { parentPort } = require('worker_threads');

const text = execFileSync('/bin/echo', ['worker'], { encoding: 'utf8' });
parentPort.postMessage({ text, dropIn: require('forkless').features().childProcess });
