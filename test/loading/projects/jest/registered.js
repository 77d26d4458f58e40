// Code that knows nothing of forkless.

import { spawnSync } from 'node:child_process';
import cp, { execFileSync, spawn } from 'child_process';

export { cp, execFileSync, spawn, spawnSync };
