import { nodeChildProcess } from './node-child-process.js';
import { isNodesOwn } from './node-own.js';

let warned = false;

/**
 * Since Node 24, arguments together with `shell` are deprecated (DEP0190), and Node warns once. The warning comes from
 * Node itself, so that Node's functions and these warn once together, with Node's text: this calls Node's function with
 * an environment that makes it throw right after the warning.
 */
export function deprecateShellArguments(): void {
  if (warned) return;
  warned = true;
  // Only Node's own function: a wrapper would see a call that the program did not make.
  const nodesOwn = [nodeChildProcess.spawn, nodeChildProcess.spawnSync].find(isNodesOwn);
  try {
    nodesOwn?.('sh', ['-c'], { shell: true, env: { invalid: '\0' } });
  } catch {
    // Expected: the error of the invalid environment.
  }
}
