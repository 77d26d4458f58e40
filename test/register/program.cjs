// Prints for some ways to child_process whether they go through the engine. With an argument it registers itself.
const { once } = require('node:events');

if (process.argv[2] === 'require') require('forkless/register');
const { spawn, execFile } = require('node:child_process');
const { features } = require('forkless');

const countStarts = () => Object.values(features().rungs).reduce((sum, count) => sum + count, 0);

async function throughUs(start) {
  const before = countStarts();
  const child = start();
  const grown = countStarts() - before;
  await once(child, 'close');
  return grown === 1;
}

async function main() {
  const through = [
    await throughUs(() => spawn('true')),
    await throughUs(() => execFile('true')),
    await throughUs(() => require('node:child_process').exec('true')),
  ];
  console.log(JSON.stringify(through));
}

void main();
