// What the first start in a process costs, until the end of the program is known.
const { spawn } = require('node:child_process');
const { startTimer } = require('./timer.cjs');

const tell = startTimer();
spawn('/bin/true', { stdio: 'ignore' }).once('exit', tell);
