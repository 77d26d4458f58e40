import { builtin } from '../../builtin.js';

/**
 * The functions of `node:child_process` as they were when this module was loaded: `register` puts ours in their place.
 * Node's own, unless other code has replaced them before: node-own.ts tells.
 */
export const stock: typeof import('node:child_process') = { ...builtin('node:child_process') };
