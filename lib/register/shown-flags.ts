import { builtin, nodeProcess } from '../builtin.js';
import { SHOWN_FLAGS } from './workers.js';

const { getEnvironmentData, setEnvironmentData } = builtin('node:worker_threads');

// The flag that loads this file was added by coverWorkers(). It is removed from `process.execArgv`, so that neither the
// program sees it nor the Workers and children that it starts with these flags.
const shown = getEnvironmentData(SHOWN_FLAGS);
if (Array.isArray(shown)) nodeProcess.execArgv.splice(0, nodeProcess.execArgv.length, ...shown);
setEnvironmentData(SHOWN_FLAGS, undefined);
