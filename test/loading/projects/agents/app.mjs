// The same by names that were imported.
import { exec, execFileSync, spawn } from 'node:child_process';
import { createRequire } from 'node:module';

createRequire(import.meta.url)('./starts.js')({ exec, execFileSync, spawn });
