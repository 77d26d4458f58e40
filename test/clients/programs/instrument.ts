// Preloaded: loads a package that replaces functions of Node, and has it note in `seen` what it sees.
import module, { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { preloadedParameters } from '../../register/programs/preloaded-parameters.js';
import { given, seen } from './seen.js';

type Callable = (this: unknown, ...args: unknown[]) => unknown;

const { name, folder } = preloadedParameters<{ name: keyof typeof instruments; folder: string }>(
  import.meta.url,
);
const require = createRequire(`${folder}/`);
const cp = process.getBuiltinModule('node:child_process');

function noting(what: string, original: Callable): Callable {
  return function (...args) {
    seen.push(what);
    return original.apply(this, args);
  };
}

const instruments = {
  'process-on-spawn'() {
    require('process-on-spawn').addListener((start: { execPath: string; env: NodeJS.ProcessEnv }) => {
      seen.push(start.execPath);
      start.env['ADDED'] = 'added';
    });
  },
  'spawn-wrap'() {
    given.unwrap = require('spawn-wrap')([process.env['WRAPPED']]);
  },
  sinon() {
    given.sinon = require('sinon');
  },
  'sinon with a stub'() {
    given.sinon = require('sinon');
    given.sinon?.stub(cp, 'exec').returns('stub');
  },
  shimmer() {
    const shimmer = require('shimmer');
    for (const what of ['spawn', 'execFile', 'execSync'])
      shimmer.wrap(cp, what, (original: Callable) => noting(what, original));
    module.syncBuiltinESMExports();
  },
  'require-in-the-middle'() {
    const { Hook } = require('require-in-the-middle');
    new Hook(['child_process'], (exports: { spawnSync: Callable }) => {
      exports.spawnSync = noting('spawnSync', exports.spawnSync);
      return exports;
    });
  },
  'import-in-the-middle'() {
    module.register(pathToFileURL(`${folder}/node_modules/import-in-the-middle/hook.mjs`).href);
  },
};
instruments[name]();
