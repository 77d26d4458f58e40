import type { ChildProcess } from 'node:child_process';
import { promisify } from 'node:util';
import { pickDropInOptions } from '../../attributes/parse.js';
import { withFields } from '../../own.js';
import type { LooseOptions } from '../../validate.js';
import { nodeChildProcess } from '../node-internals/node-child-process.js';
import type { ExecFileCall } from '../node-internals/normalize-exec.js';
import { normalizeExec, normalizeExecFile } from '../node-internals/normalize-exec.js';
import { isMaxBuffer, isTimeout, killSignalNumber } from '../node-internals/option-checks.js';
import { pickSpawnOptions } from '../node-internals/spawn-options.js';
import type { ExecCallback, ExecOptions } from './exec-output.js';
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

let moduleExports: { execFile: unknown };

/**
 * Sets the module object whose `execFile` is called by `exec`. Node's `exec` calls `module.exports.execFile` too: tools
 * that replace `execFile` there see what `exec` starts.
 */
export function useExports(exports: { execFile: unknown }): void {
  moduleExports = exports;
}

export function exec(command: unknown, options?: unknown, callback?: unknown): ChildProcess {
  const call = normalizeExec(command, options, callback);
  if (call === undefined)
    return Reflect.apply(nodeChildProcess.exec, undefined, [command, options, callback]);
  const run = moduleExports.execFile as (...given: unknown[]) => ChildProcess;
  return Reflect.apply(run, moduleExports, [command, call.options, call.callback]);
}

export function execFile(file: unknown, args?: unknown, options?: unknown, callback?: unknown): ChildProcess {
  const call = normalizeExecFile(args, options, callback);
  const child = call && tryExecFile(file, call);
  return child ?? Reflect.apply(nodeChildProcess.execFile, undefined, [file, args, options, callback]);
}

addPromiseForm(exec, nodeChildProcess.exec);
addPromiseForm(execFile, nodeChildProcess.execFile);

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

/**
 * Adds what `util.promisify` returns.
 * @param theirs the function of this name in `node:child_process`; other code may have replaced it by one without a
 *   promise form
 */
function addPromiseForm(ours: (...args: unknown[]) => ChildProcess, theirs: unknown): void {
  const form = (...args: unknown[]): Promise<object> => {
    let settle: ExecCallback = () => {};
    const promise = new Promise<object>((resolve, reject) => {
      settle = (error, stdout, stderr) => {
        if (error === null) resolve({ stdout, stderr });
        else reject(withFields(error, { stdout, stderr }));
      };
    });
    // Outside of the promise: an invalid argument is thrown synchronously, as in Node.
    const child = ours(...args, (...outcome: Parameters<ExecCallback>) => settle(...outcome));
    return withFields(promise, { child });
  };
  const { [promisify.custom]: theirForm } = Object(theirs) as { [promisify.custom]?: unknown };
  const name = typeof theirForm === 'function' ? theirForm.name : ours.name;
  Object.defineProperty(form, 'name', {
    __proto__: null,
    value: name,
    configurable: true,
  } as PropertyDescriptor);
  Object.defineProperty(ours, promisify.custom, { __proto__: null, value: form } as PropertyDescriptor);
}
