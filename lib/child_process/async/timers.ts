import { builtin } from '../../builtin.js';

/** The functions from load time, as in Node: fake clocks of test tools replace the global ones. */
export const { clearTimeout, setImmediate, setTimeout } = builtin('node:timers');
