// Preloaded, or imported by the program: replaces ChildProcess.prototype.spawn.
import path from 'node:path';
import { calls, cp } from './observed.js';
import { preloadedParameters } from './preloaded-parameters.js';

interface Options {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly envPairs: string[];
  readonly uid?: number;
  readonly gid?: number;
  readonly detached?: boolean;
}
type Spawn = (this: unknown, options: Options) => unknown;

/** What is passed on; undefined: nothing is. */
const changes: Record<string, (options: Options) => object | undefined> = {
  'adds a variable to a list of its own': ({ envPairs }) => ({ envPairs: [...envPairs, 'ADDED=added'] }),
  'adds a variable in place'({ envPairs }) {
    envPairs.push('ADDED=added');
    return {};
  },
  'starts a program by another one': ({ file, args }) => ({
    file: '/usr/bin/env',
    args: ['env', 'ADDED=by env', file, ...args.slice(1)],
  }),
  'makes the directory absolute': ({ cwd, envPairs }) => ({
    cwd: path.resolve(cwd ?? ''),
    envPairs: ['ADDED=', ...envPairs],
  }),
  'swaps the ids': ({ uid, gid }) => ({ uid: gid, gid: uid }),
  'turns detached round': ({ detached }) => ({ detached: !detached }),
  'loses the arguments': () => ({ args: ['name'] }),
  'loses the environment': () => ({ envPairs: [] }),
  'loses the directory': () => ({ cwd: undefined }),
  'loses stdio': () => ({ stdio: ['pipe', 'pipe', 'pipe'] }),
  'starts something else': () => ({ file: '/bin/true' }),
  'passes nothing on'({ file }) {
    calls.push(file);
    return undefined;
  },
};

const change = changes[preloadedParameters<string>(import.meta.url)];
if (change === undefined) throw new Error('no such change');
const prototype = cp.ChildProcess.prototype as unknown as { spawn: Spawn };
const original = prototype.spawn;
prototype.spawn = function (options) {
  const more = change(options);
  if (more === undefined) return undefined;
  // In place stays in place: the very object is passed on.
  return original.call(this, Object.keys(more).length === 0 ? options : { ...options, ...more });
};
