import { stock } from './node-child-process.js';
import { isNodesOwn } from './node-own.js';

let said = false;

/**
 * Arguments beside `shell` are deprecated since Node 24 (DEP0190), and Node says so once. So that it is once for its
 * functions and ours together, and in its own words, Node's function is called, with an environment that it refuses
 * right after.
 */
export function deprecateShellArguments(): void {
  if (said) return;
  said = true;
  // A wrapper would see a start that nobody has asked for.
  const ask = [stock.spawn, stock.spawnSync].find(isNodesOwn);
  try {
    ask?.('sh', ['-c'], { shell: true, env: { refused: '\0' } });
  } catch {
    // as it was meant
  }
}
