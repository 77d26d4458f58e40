import { builtin } from '../../builtin.js';

/**
 * The functions of `node:child_process` when this module was loaded, before `register` replaces them. They are Node's
 * own unless other code replaced them even earlier: see `isNodesOwn`.
 */
export const nodeChildProcess: typeof import('node:child_process') = { ...builtin('node:child_process') };
