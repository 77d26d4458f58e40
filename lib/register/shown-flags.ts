import { builtin } from '../builtin.js';
import { SHOWN_FLAGS } from './workers.js';

const { getEnvironmentData, setEnvironmentData } = builtin('node:worker_threads');

// The flag that loads this was added by us: neither the program nor the Workers and children it makes from its
// `process.execArgv` shall see it.
const shown = getEnvironmentData(SHOWN_FLAGS);
if (Array.isArray(shown)) process.execArgv.splice(0, process.execArgv.length, ...shown);
setEnvironmentData(SHOWN_FLAGS, undefined);
