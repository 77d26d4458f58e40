import { readParameters } from '../../support/in-program.js';
import { gathered, tellAllWays } from './all-ways.js';
import { cp } from './door.js';

interface Options {
  envPairs: string[];
}

const change = readParameters<keyof typeof changes>();
const isPlain = (pair: string) => pair.startsWith('T_PLAIN=');
const changes = {
  changes({ envPairs }: Options) {
    envPairs[envPairs.findIndex(isPlain)] = 'T_PLAIN=changed';
  },
  adds({ envPairs }: Options) {
    envPairs.push('T_MORE=added');
  },
  'takes away'({ envPairs }: Options) {
    envPairs.splice(envPairs.findIndex(isPlain), 1);
  },
  replaces(options: Options) {
    options.envPairs = ['T_ONLY=this', `PATH=${process.env['PATH']}`];
  },
};

await tellAllWays();
const prototype = cp.ChildProcess.prototype as unknown as { spawn(options: Options): unknown };
const { spawn } = prototype;
prototype.spawn = function (options) {
  changes[change](options);
  return spawn.call(this, options);
};
console.log('changed:', await gathered(cp.spawn('cat', ['/proc/self/environ'])));
