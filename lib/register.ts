import childProcess from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
import { api } from './child_process/api.js';

Object.assign(childProcess, api);
syncBuiltinESMExports();
