import type { ChildProcess } from 'node:child_process';
import { builtin } from '../builtin.js';
import { withFields } from '../own.js';
import { current } from './load-engine.js';
import { nodeChildProcess } from './node-internals/node-child-process.js';

const { promisify } = builtin('node:util');

/**
 * The functions that are exported, and that `register` puts in the place of Node's. They have the names and the parameters
 * of Node's own. The first call of one loads the engine; if it cannot be loaded, the call goes to Node's own function.
 */

let moduleExports: { execFile: unknown };

/**
 * Sets the module object whose `execFile` is called by `exec`. Node's `exec` calls `module.exports.execFile` too: tools
 * that replace `execFile` there see what `exec` starts.
 */
export function useExports(exports: { execFile: unknown }): void {
  moduleExports = exports;
}

export function spawn(file?: unknown, args?: unknown, options?: unknown): ChildProcess {
  return current().spawn(file, args, options);
}

/** @param exports returns the module object whose `execFile` is called */
export function createExec(exports: () => { execFile: unknown }) {
  function exec(command?: unknown, options?: unknown, callback?: unknown): ChildProcess {
    return current().exec(exports(), command, options, callback);
  }
  addPromiseForm(exec, nodeChildProcess.exec);
  return exec;
}

export const exec = createExec(() => moduleExports);

export function execFile(
  file?: unknown,
  args?: unknown,
  options?: unknown,
  callback?: unknown,
): ChildProcess {
  return current().execFile(file, args, options, callback);
}

export function fork(modulePath?: unknown, args: unknown = [], options?: unknown): ChildProcess {
  return current().fork(modulePath, args, options);
}

export function spawnSync(file?: unknown, args?: unknown, options?: unknown): unknown {
  return current().spawnSync(file, args, options);
}

export function execSync(command?: unknown, options?: unknown): unknown {
  return current().execSync(command, options);
}

export function execFileSync(file?: unknown, args?: unknown, options?: unknown): unknown {
  return current().execFileSync(file, args, options);
}

addPromiseForm(execFile, nodeChildProcess.execFile);

type Settle = (error: Error | null, stdout: unknown, stderr: unknown) => void;

/**
 * Adds what `util.promisify` returns.
 * @param theirs the function of this name in `node:child_process`; other code may have replaced it by one without a
 *   promise form
 */
function addPromiseForm(ours: (...args: unknown[]) => ChildProcess, theirs: unknown): void {
  const form = (...args: unknown[]): Promise<object> => {
    let settle: Settle = () => {};
    const promise = new Promise<object>((resolve, reject) => {
      settle = (error, stdout, stderr) => {
        if (error === null) resolve({ stdout, stderr });
        else reject(withFields(error, { stdout, stderr }));
      };
    });
    // Outside of the promise: an invalid argument is thrown synchronously, as in Node.
    const child = ours(...args, (...outcome: Parameters<Settle>) => settle(...outcome));
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
