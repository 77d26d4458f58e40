import { wasLoaded } from '../builtin.js';

/**
 * Had other code loaded what is replaced here before `register`? If not, no loader hook can have copied it. `register`
 * imports this file before it loads these modules itself.
 */
export const loadedBefore = wasLoaded('child_process') || wasLoaded('worker_threads');
