/**
 * The engine and what stands on it, which is one file in the package, beside the small files that a program imports. Each
 * of these functions loads only what it needs.
 */

import type { Engine } from './child_process/functions.js';

/** What `forkless` exports. */
export function posixApi() {
  return (require('./api.js') as typeof import('./api.js')).api;
}

/** What `forkless/child_process` calls from its first start on: see child_process/load-engine.ts. */
export const openDropIn: Engine['openDropIn'] = () => {
  return (require('./child_process/open.js') as typeof import('./child_process/open.js')).openDropIn();
};
