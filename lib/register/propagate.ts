import { builtin, nodeProcess } from '../builtin.js';

/**
 * With FORKLESS_PROPAGATE=1, Node processes that inherit this environment load `forkless/register` too. A URL contains
 * no spaces, quotes or backslashes, so NODE_OPTIONS needs no quoting.
 */
export function propagate(register: string): void {
  if (nodeProcess.env['FORKLESS_PROPAGATE'] !== '1') return;
  const flag = `--import=${builtin('node:url').pathToFileURL(register)}`;
  const given = nodeProcess.env['NODE_OPTIONS'] ?? '';
  if (given.split(' ').includes(flag)) return;
  // First, so that other preloaded modules patch the replaced functions.
  nodeProcess.env['NODE_OPTIONS'] = given === '' ? flag : `${flag} ${given}`;
}
