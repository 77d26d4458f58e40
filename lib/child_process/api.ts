import type { NodeChildProcess } from './stock.js';
import { stock } from './stock.js';

/** All names of `node:child_process` as one object that can be patched: what `require` gives. */
export const api: NodeChildProcess = { ...stock };
export const { ChildProcess, exec, execFile, execFileSync, execSync, fork, spawn, spawnSync } = api;
