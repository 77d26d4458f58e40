// Starts three processes by names that were required, and says who has seen them.
const { exec, execFileSync, spawn } = require('node:child_process');

require('./starts.js')({ exec, execFileSync, spawn });
