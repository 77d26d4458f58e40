import type { ChildProcess } from 'node:child_process';
import { pickDropInOptions } from '../../attributes/drop-in.js';
import type { LooseOptions } from '../../validate.js';
import { nodeChildProcess } from '../node-internals/node-child-process.js';
import type { ExecFileCall } from '../node-internals/normalize-exec.js';
import { normalizeExec, normalizeExecFile } from '../node-internals/normalize-exec.js';
import { isMaxBuffer, isTimeout, killSignalNumber } from '../node-internals/option-checks.js';
import { pickSpawnOptions } from '../node-internals/spawn-options.js';
import type { ExecOptions } from './exec-output.js';
import { gatherOutput } from './exec-output.js';
import { trySpawn } from './spawn.js';

const defaults = {
  encoding: 'utf8',
  timeout: 0,
  maxBuffer: 1024 * 1024,
  killSignal: 'SIGTERM',
  cwd: null,
  env: null,
  shell: false,
};

/** @param exports the module object whose `execFile` is called */
export function exec(
  exports: { execFile: unknown },
  command: unknown,
  options: unknown,
  callback: unknown,
): ChildProcess {
  const call = normalizeExec(command, options, callback);
  if (call === undefined)
    return Reflect.apply(nodeChildProcess.exec, undefined, [command, options, callback]);
  const run = exports.execFile as (...given: unknown[]) => ChildProcess;
  return Reflect.apply(run, exports, [command, call.options, call.callback]);
}

export function execFile(file: unknown, args?: unknown, options?: unknown, callback?: unknown): ChildProcess {
  const call = normalizeExecFile(args, options, callback);
  const child = call && tryExecFile(file, call);
  return child ?? Reflect.apply(nodeChildProcess.execFile, undefined, [file, args, options, callback]);
}

/** undefined: Node's own function has to be called, as for `trySpawn`. */
function tryExecFile(file: unknown, { args, options, callback }: ExecFileCall): ChildProcess | undefined {
  const all = { __proto__: null, ...defaults, ...options } as unknown as LooseOptions & ExecOptions;
  const killSignal = killSignalNumber(all['killSignal']);
  if (!isTimeout(all.timeout) || !isMaxBuffer(all.maxBuffer) || killSignal === null) return undefined;
  const child = trySpawn(file, args, { ...pickSpawnOptions(all), ...pickDropInOptions(options) });
  if (child !== undefined)
    gatherOutput(child, {
      file: file as string,
      args: args as unknown[],
      options: all,
      killSignal,
      callback,
    });
  return child;
}
