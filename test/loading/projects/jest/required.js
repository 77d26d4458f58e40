const cp = require('forkless/child_process');

exports.cp = cp;
exports.start = (...args) => cp.spawn('/bin/sh', args);
exports.text = () => cp.execFileSync('/bin/echo', ['text'], { encoding: 'utf8' });
