/**
 * The names of `node:child_process`, with this package's engine. Arguments, streams, events, messages, errors and their
 * fields are those of the running Node (https://nodejs.org/api/child_process.html). The types are Node's own; with
 * {@link MoreOptions}, {@link MoreOfChild} and {@link MoreOfError} besides. What is better, and what differs:
 * docs/child_process.md.
 *
 * Importing this module never throws. In Bun and Deno, on systems other than Linux, on processors other than x86-64 and
 * arm64, under Node's permission model, and if this Node's internal contract is unknown, these names are the runtime's
 * own functions: `features().childProcess` says so, and why.
 *
 * The default export, and what `require('forkless/child_process')` returns, is one object with all the names of this
 * module.
 *
 * @module forkless/child_process
 */
import type * as node from 'node:child_process';
import { api } from './api.js';

/** Node's types, so that a program changes nothing but the name of the module. */
export type * from 'node:child_process';
/** @hidden The name of the class is that of a type, too. */
export type ChildProcess = node.ChildProcess;
export type { MoreOptions } from '../attributes/index.js';
export type { MoreOfChild } from './async/process-handle.js';
export type { AbortReason, MoreOfError } from './child-types.js';
// biome-ignore lint/style/useConst: the object can be patched; a const would be a read-only property of it in TypeScript.
export let {
  /**
   * Node's own class, the same as `require('node:child_process').ChildProcess`. `spawn`, `exec`, `execFile` and `fork`
   * return instances of it. `new ChildProcess().spawn(…)` forks, as in Node.
   */
  ChildProcess,
  /**
   * As Node's `exec`: runs a command line with /bin/sh and collects its output, at most `maxBuffer` bytes of each
   * stream (default 1 MiB). `util.promisify(exec)` returns a function that returns a promise.
   *
   * Takes {@link MoreOptions} besides Node's own. Errors are Node's; if the program could not be started, `cause` is
   * the `SpawnError`.
   */
  exec,
  /**
   * As Node's `execFile`: runs a program without a shell and collects its output, at most `maxBuffer` bytes of each
   * stream (default 1 MiB). `util.promisify(execFile)` returns a function that returns a promise.
   *
   * Takes {@link MoreOptions} besides Node's own. Errors are Node's; if the program could not be started, `cause` is
   * the `SpawnError`.
   */
  execFile,
  /**
   * As Node's `execFileSync`: runs a program and returns its stdout. Blocks this thread until the program has ended.
   *
   * Takes {@link MoreOptions} besides Node's own.
   * @throws Node's error: the program could not be started (`cause` is the `SpawnError`), it ended by a signal or with
   *   an exit code other than 0, or exceeded `timeout` or `maxBuffer`.
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
   * As Node's `execSync`: runs a command line with /bin/sh and returns its stdout. Blocks this thread until it has
   * ended.
   *
   * Takes {@link MoreOptions} besides Node's own.
   * @throws as {@link execFileSync}.
   */
  execSync,
  /**
   * As Node's `fork`: starts a Node program with a channel for messages. It gets the flags of this Node, including
   * `--import forkless/register`.
   *
   * Takes {@link MoreOptions} besides Node's own.
   */
  fork,
  /**
   * As Node's `spawn`: starts a program and returns a `ChildProcess`, with the fields of {@link MoreOfChild} and `pid`.
   * Blocks this thread until the program has begun, as Node does; but returns before that if this process has started
   * the same program before and nothing has changed (`waitForExec` in {@link MoreOptions} turns that off).
   *
   * Takes {@link MoreOptions} besides Node's own. As in Node, ENOENT, EACCES, EAGAIN, EMFILE and ENFILE are emitted as
   * `'error'`, any other errno is thrown; after a return before exec, all are emitted. The `cause` is the `SpawnError`,
   * which says which step failed. For an invalid argument, Node's own function throws.
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
   * As Node's `spawnSync`: runs a program and returns how it ended and its output. Blocks this thread until it has
   * ended. An error is in the field `error` of the result; if the program could not be started, its `cause` is the
   * `SpawnError`.
   *
   * Takes {@link MoreOptions} besides Node's own.
   */
  spawnSync,
} = api;
