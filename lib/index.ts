/**
 * `posix_spawn` for Node.js: starts a process on Linux without fork and, if that fails, says which step failed and why.
 *
 * Importing this module never throws. If no process can be started here (not Linux, not x86-64 or arm64, a kernel
 * before 5.4), functions that need the engine throw `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM`; {@link features} says why.
 * Errors: docs/errors.md.
 *
 * The default export, and what `require('forkless')` returns, is one object with all the names of this module.
 *
 * @module forkless
 */

export type { Capabilities, Capability, CapabilitySet } from './attributes/capabilities.js';
export type { CoredumpMemory } from './attributes/coredump-filter.js';
export type { PosixSpawnOptions, SpawnAttributes } from './attributes/index.js';
export type { IoPriority } from './attributes/io-priority.js';
export type { NumaPolicy } from './attributes/numa-policy.js';
export type { Personality, PersonalityName } from './attributes/personality.js';
export type { Resource, ResourceLimit, ResourceLimits, SoftAndHardLimit } from './attributes/rlimits.js';
export type { SchedPolicy } from './attributes/sched-policy.js';
export type { Securebit } from './attributes/securebits.js';
export type { SecurityLabel } from './attributes/security-label.js';
export type { Bytes } from './bytes.js';
export type { ResourceUsage } from './engine/usage.js';
export type { FailedStep } from './errors.js';
export { SpawnError } from './errors.js';
export { explainSpawn } from './explain-spawn.js';
export type { OpenFlags } from './file-actions.js';
export { FileActions } from './file-actions.js';
export { getCloexec, openPipe, openSocketPair, setCloexec } from './posix/descriptors.js';
export type { Features } from './posix/features.js';
export { features } from './posix/features.js';
export { explain, posixSpawn, posixSpawnp, posixSpawnpSync, posixSpawnSync } from './posix/posix-spawn.js';
export type { ExitStatus } from './posix/process.js';
export { Process } from './posix/process.js';
export type { Pty, WindowSize } from './posix/terminals.js';
export { getWindowSize, openPty, setWindowSize, tcgetpgrp } from './posix/terminals.js';
export type { TriedAttributes } from './posix/trials.js';
export type { Signal } from './signals.js';
