/**
 * `posix_spawn` for Node.js: starts a process on Linux without fork, and says which step of a start failed, and why.
 *
 * Importing this module never throws. Where no process can be started (another system than Linux, another processor
 * than x86-64 and arm64, a kernel before 5.4) what needs the engine throws `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM` when it
 * is used; {@link features} tells why. Errors: docs/errors.md.
 *
 * The default export, and what `require('forkless')` gives, is one object with all the names of this module.
 *
 * @module forkless
 */
export { api as default, api as 'module.exports' } from './api.js';
export type { ResourceUsage } from './engine/usage.js';
export type { FailedStep } from './errors.js';
export { SpawnError } from './errors.js';
export type { SchedPolicy, SpawnAttributes } from './options/attributes.js';
export type { OpenFlags } from './options/file-actions.js';
export { FileActions } from './options/file-actions.js';
export type { Bytes } from './plan/vocabulary.js';
export { getCloexec, openPipe, openSocketPair, setCloexec } from './posix/descriptors.js';
export type { Features } from './posix/features.js';
export { features } from './posix/features.js';
export type { PosixSpawnOptions } from './posix/options.js';
export { explain, posixSpawn, posixSpawnp, posixSpawnpSync, posixSpawnSync } from './posix/posix-spawn.js';
export type { ExitStatus } from './posix/process.js';
export { Process } from './posix/process.js';
export type { Signal } from './signals.js';
