/**
 * The names of `node:child_process`, over this package's engine. Arguments, streams, events, messages, errors and their
 * fields are those of the Node that runs (https://nodejs.org/api/child_process.html); the types are Node's own. What is
 * better, and what differs: docs/child_process.md.
 *
 * Importing this module never throws. In Bun and Deno, on other systems than Linux, on other processors than x86-64 and
 * arm64, under Node's permission model, and where this Node's inner contract is not known, these names are the
 * runtime's own functions: `features().childProcess` tells.
 *
 * The default export, and what `require('forkless/child_process')` gives, is one object with all the names of this
 * module.
 *
 * @module forkless/child_process
 */
import type * as node from 'node:child_process';
import { api } from './api.js';

/** Node's types come along: one import is all that changes. */
export type * from 'node:child_process';
/** @hidden The name of the class is that of a type, too. */
export type ChildProcess = node.ChildProcess;
export type { MoreOfChild } from './async/process-handle.js';
export type { MoreOptions } from './extras.js';
export { api as default, api as 'module.exports' };
export const {
  /**
   * Node's own class, the same as `require('node:child_process').ChildProcess`: the class of what `spawn`, `exec`,
   * `execFile` and `fork` return. `new ChildProcess().spawn(…)` forks, as in Node.
   */
  ChildProcess,
  /**
   * As Node's `exec`: runs a command line by /bin/sh and gathers what it prints, at most `maxBuffer` bytes of each
   * stream (default 1 MiB). `util.promisify(exec)` gives its promise form.
   *
   * Takes {@link MoreOptions} beside Node's own. Errors are Node's; one of a start that failed has a `cause`, the
   * `SpawnError`.
   */
  exec,
  /**
   * As Node's `execFile`: runs a program without a shell and gathers what it prints, at most `maxBuffer` bytes of each
   * stream (default 1 MiB). `util.promisify(execFile)` gives its promise form.
   *
   * Takes {@link MoreOptions} beside Node's own. Errors are Node's; one of a start that failed has a
   * `cause`, the `SpawnError`.
   */
  execFile,
  /**
   * As Node's `execFileSync`: returns what the program printed on stdout, when it has ended. Blocks this thread until
   * then.
   *
   * Takes {@link MoreOptions} beside Node's own.
   * @throws Node's error: the start failed (its `cause` is the `SpawnError`), the program ended with another code than
   *   0 or by a signal, `timeout` or `maxBuffer` was exceeded.
   *
   * @example
   * ```js
   * import { execFileSync } from 'forkless/child_process';
   *
   * process.stdout.write(execFileSync('sh', ['-c', 'umask'], { umask: 0o27 }));
   * ```
   * ```text
   * 0027
   * ```
   */
  execFileSync,
  /**
   * As Node's `execSync`: returns what a command line, run by /bin/sh, printed on stdout. Blocks this thread until it
   * has ended.
   *
   * Takes {@link MoreOptions} beside Node's own.
   * @throws as {@link execFileSync}.
   */
  execSync,
  /**
   * As Node's `fork`: starts a Node program with a channel for messages. The flags of this Node go along,
   * `--import forkless/register` too.
   *
   * Takes {@link MoreOptions} beside Node's own.
   */
  fork,
  /**
   * As Node's `spawn`: starts a program and returns a `ChildProcess`, with the fields of {@link MoreOfChild}. Waits on
   * this thread until the program has begun, as Node does; by then `pid` is known.
   *
   * Takes {@link MoreOptions} beside Node's own. ENOENT, EACCES, EAGAIN, EMFILE and ENFILE come as `'error'` event, any
   * other errno is thrown, as in Node; either has a `cause`, the `SpawnError`, which says what is missing.
   * A wrong argument is thrown by Node's own function.
   *
   * @example
   * ```js
   * import { spawn } from 'forkless/child_process';
   *
   * spawn('true', { cwd: '/missing' }).on('error', ({ message, cause }) => {
   *   console.log(`${message}: ${cause.step} ${cause.path}`);
   * });
   * ```
   * ```text
   * spawn true ENOENT: chdir /missing
   * ```
   */
  spawn,
  /**
   * As Node's `spawnSync`: returns how the program ended and what it printed. Blocks this thread until it has ended.
   * What went wrong is the field `error` of the result; one of a start that failed has a `cause`, the `SpawnError`.
   *
   * Takes {@link MoreOptions} beside Node's own.
   */
  spawnSync,
} = api;
