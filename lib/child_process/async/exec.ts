import type { ChildProcess } from 'node:child_process';
import { promisify } from 'node:util';
import { withFields } from '../../own.js';
import { pickExtras } from '../extras.js';
import { stock } from '../node-internals/node-child-process.js';
import type { Loose } from '../node-internals/normalize.js';
import {
  copyOptions,
  isMaxBuffer,
  isPlain,
  isTimeout,
  killSignalNumber,
} from '../node-internals/normalize.js';
import type { DropInModule } from '../types.js';
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

let home: { execFile: unknown };

/** The module object that `exec` asks for `execFile`, as Node's does: programs put their instruments there. */
export function useExports(exports: { execFile: unknown }): void {
  home = exports;
}

export const exec = function exec(command: unknown, options: unknown, callback: unknown): ChildProcess {
  const call = normalizeExec(command, options, callback);
  if (call === undefined) return Reflect.apply(stock.exec, undefined, [command, options, callback]);
  const run = home.execFile as (...given: unknown[]) => ChildProcess;
  return Reflect.apply(run, home, [command, call.options, call.callback]);
} as unknown as DropInModule['exec'];

export const execFile = function execFile(
  file: unknown,
  args: unknown,
  options: unknown,
  callback: unknown,
): ChildProcess {
  const call = normalizeExecFile(args, options, callback);
  const child = call && start(file, call);
  return child ?? Reflect.apply(stock.execFile, undefined, [file, args, options, callback]);
} as unknown as DropInModule['execFile'];

addPromiseForm(exec, stock.exec);
addPromiseForm(execFile, stock.execFile);

export function normalizeExec(
  command: unknown,
  options: unknown,
  callback?: unknown,
): { options: Loose; callback: unknown } | undefined {
  if (!isPlain(command)) return undefined;
  const leftOut = typeof options === 'function';
  const given = { __proto__: null, ...(leftOut ? undefined : (options as Loose)) } as unknown as Loose;
  const shell = typeof given['shell'] === 'string' ? given['shell'] : true;
  return {
    options: { __proto__: null, ...given, shell } as unknown as Loose,
    callback: leftOut ? options : callback,
  };
}

export interface ExecFileCall {
  readonly args: unknown;
  readonly options: Loose;
  readonly callback: ExecCallback | undefined;
}

/** `args`, `options` and `callback` may each be left out. undefined: something is wrong. */
export function normalizeExecFile(
  args: unknown,
  options: unknown,
  callback: unknown,
): ExecFileCall | undefined {
  if (typeof args === 'function') return checkCall([], undefined, args);
  if (args !== null && typeof args === 'object' && !Array.isArray(args)) return checkCall([], args, options);
  if (typeof options === 'function') return checkCall(args, undefined, options);
  return checkCall(args, options, callback);
}

function checkCall(args: unknown, options: unknown, callback: unknown): ExecFileCall | undefined {
  const given = copyOptions(options ?? undefined);
  if (given === undefined || (callback != null && typeof callback !== 'function')) return undefined;
  const { argv0 } = given;
  if (argv0 !== undefined && argv0 !== null && !isPlain(argv0)) return undefined;
  const called = (callback as ExecCallback | null) ?? undefined;
  return { args: Array.isArray(args) ? [...args] : (args ?? []), options: given, callback: called };
}

/** undefined: something is wrong. */
function start(file: unknown, { args, options, callback }: ExecFileCall): ChildProcess | undefined {
  const all = { __proto__: null, ...defaults, ...options } as unknown as Loose & ExecOptions;
  const killSignal = killSignalNumber(all['killSignal']);
  if (!isTimeout(all.timeout) || !isMaxBuffer(all.maxBuffer) || killSignal === null) return undefined;
  const child = trySpawn(file, args, {
    cwd: all['cwd'],
    env: all['env'],
    gid: all['gid'],
    shell: all['shell'],
    signal: all['signal'],
    uid: all['uid'],
    windowsHide: Boolean(all['windowsHide']),
    windowsVerbatimArguments: Boolean(all['windowsVerbatimArguments']),
    ...pickExtras(options),
  });
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

/** @param theirs whatever stands there under this name: a wrapper need not have a promise form, a stub has none */
function addPromiseForm(ours: object, theirs: unknown): void {
  const call = ours as unknown as (...args: unknown[]) => ChildProcess;
  const form = (...args: unknown[]): Promise<object> => {
    let settle: ExecCallback = () => {};
    const promise = new Promise<object>((resolve, reject) => {
      settle = (error, stdout, stderr) => {
        if (error === null) resolve({ stdout, stderr });
        else reject(withFields(error, { stdout, stderr }));
      };
    });
    // outside of the promise: a wrong argument is thrown, as in Node
    const child = call(...args, (...outcome: Parameters<ExecCallback>) => settle(...outcome));
    return withFields(promise, { child });
  };
  const { [promisify.custom]: theirForm } = Object(theirs) as { [promisify.custom]?: unknown };
  const name = typeof theirForm === 'function' ? theirForm.name : Reflect.get(ours, 'name');
  Object.defineProperty(form, 'name', {
    __proto__: null,
    value: name,
    configurable: true,
  } as PropertyDescriptor);
  Object.defineProperty(ours, promisify.custom, { __proto__: null, value: form } as PropertyDescriptor);
}
