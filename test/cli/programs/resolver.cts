// For --require: node-gyp-build is found by what stands here alone, as under Yarn's Plug'n'Play. And it prints.
import Module = require('node:module');
import path = require('node:path');

type Resolve = (this: unknown, request: string, ...rest: unknown[]) => unknown;

const nodeGypBuild = path.join(__dirname, '../../../node_modules/node-gyp-build/index.js');
const internals = Module as unknown as { _resolveFilename: Resolve };
const { _resolveFilename } = internals;
internals._resolveFilename = function (request, ...rest) {
  return request === 'node-gyp-build' ? nodeGypBuild : _resolveFilename.call(this, request, ...rest);
};
console.log('a preload that prints');
