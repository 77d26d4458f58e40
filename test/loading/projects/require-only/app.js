// No import at all, as in the main process of Electron.
const { features, posixSpawn } = require('forkless');
const { execFileSync, spawn } = require('forkless/child_process');

posixSpawn('/bin/sh', ['sh', '-c', 'exit 4'])
  .then(({ exited }) => exited)
  .then(({ code: posix }) => {
    spawn('/bin/sh', ['-c', 'exit 3']).once('exit', (code) => {
      const text = execFileSync('/bin/echo', ['text'], { encoding: 'utf8' });
      const starts = Object.values(features().rungs).reduce((sum, count) => sum + count, 0);
      console.log(JSON.stringify({ posix, code, text, starts, dropIn: features().childProcess }));
    });
  });
