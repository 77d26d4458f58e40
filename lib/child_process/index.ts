import { api } from './api.js';

export type { MoreOptions } from './extras.js';
export type { MoreOfChild } from './process-handle.js';
export { api as default, api as 'module.exports' };
export const { ChildProcess, exec, execFile, execFileSync, execSync, fork, spawn, spawnSync } = api;
