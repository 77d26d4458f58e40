import { nodeChildProcess } from './node-child-process.js';
import { isNodesOwn } from './node-own.js';

let warned = false;

/**
 * Since Node 24, arguments together with `shell` are deprecated (DEP0190), and Node warns once. To warn once for Node's
 * functions and these together, and in Node's words, this calls Node's function with an environment that makes it throw
 * right after the warning.
 */
export function deprecateShellArguments(): void {
  if (warned) return;
  warned = true;
  // Only Node's own function: a wrapper would see a call that the program did not make.
  const ask = [nodeChildProcess.spawn, nodeChildProcess.spawnSync].find(isNodesOwn);
  try {
    ask?.('sh', ['-c'], { shell: true, env: { refused: '\0' } });
  } catch {
    // the error of the invalid environment
  }
}
