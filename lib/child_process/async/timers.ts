import { builtin } from '../../builtin.js';

/** The functions as they were at load, as Node uses them: test tools replace the global ones by fake clocks. */
export const { clearTimeout, setImmediate, setTimeout } = builtin('node:timers');
