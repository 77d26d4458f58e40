import { loadEarly } from './engine/availability.js';
import { SpawnError } from './errors.js';
import { explainSpawn } from './explain-spawn.js';
import { FileActions } from './file-actions.js';
import { getCloexec, openPipe, openSocketPair, setCloexec } from './posix/descriptors.js';
import { features } from './posix/features.js';
import { explain, posixSpawn, posixSpawnp, posixSpawnpSync, posixSpawnSync } from './posix/posix-spawn.js';
import { Process } from './posix/process.js';
import { getWindowSize, openPty, setWindowSize, tcgetpgrp } from './posix/terminals.js';

/**
 * All names of the package as one object that can be patched: what `require('forkless')` returns.
 * @hidden
 */
export const api = {
  posixSpawn,
  posixSpawnp,
  posixSpawnSync,
  posixSpawnpSync,
  explain,
  explainSpawn,
  FileActions,
  Process,
  SpawnError,
  openPipe,
  openSocketPair,
  getCloexec,
  setCloexec,
  openPty,
  getWindowSize,
  setWindowSize,
  tcgetpgrp,
  features,
};

loadEarly();
