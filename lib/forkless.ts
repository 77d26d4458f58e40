/**
 * The engine as the drop-in loads it: one file in the package, beside the small files that a program imports, and beside
 * posix.js, what of `forkless` the drop-in does not need.
 */

import type { Engine } from './child_process/functions.js';

/** What `forkless/child_process` calls from its first start on: see child_process/load-engine.ts. */
export const openDropIn: Engine['openDropIn'] = () => {
  return (require('./child_process/open.js') as typeof import('./child_process/open.js')).openDropIn();
};
