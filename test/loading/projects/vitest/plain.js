// Code that knows nothing of forkless.
export { default as cp, execFileSync, spawn } from 'node:child_process';
