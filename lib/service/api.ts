import { adoptFds } from './adopt.js';
import { posixOptions, spawnOptions } from './options.js';

/**
 * All names of `forkless/service` as one object: what `require` returns.
 * @hidden
 */
export const api = { posixOptions, spawnOptions, adoptFds };
