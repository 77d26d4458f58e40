// The package by require, in a CommonJS program.
'use strict';

const { execFileSync } = require('node:child_process');
const { features, posixSpawn } = require('forkless');
const { spawnSync } = require('forkless/child_process');

posixSpawn('/bin/sh', ['sh', '-c', 'exit 3'])
  .then((child) => child.exited)
  .then(({ code }) => {
    const { stdout } = spawnSync('/bin/echo', ['text'], { encoding: 'utf8' });
    const plain = execFileSync('/bin/echo', ['plain'], { encoding: 'utf8' });
    console.log(JSON.stringify({ code, stdout, plain, backend: features().childProcess.backend }));
  });
