import { invalidArgValue } from '../validate.js';
import type { NormalizedSpawn } from './node-internals/normalize.js';
import type { SyncEntry } from './sync/stdio.js';
import { syncStdio } from './sync/stdio.js';

/**
 * The `stdio` of a start that is only explained. Node's validation for `spawn` would make handles, so this uses
 * `syncStdio`, which makes none, and corrects two differences: `'ipc'` is a pipe here, and an entry that the synchronous
 * functions skip (an unknown string, a typed array) is an error.
 */
export function futureStdio(options: NormalizedSpawn): { entries: readonly SyncEntry[]; envPairs: string[] } {
  const given = options['stdio'] || 'pipe';
  const list = Array.isArray(given) ? [...given] : given;
  const channels = Array.isArray(list) ? list.filter((entry) => entry === 'ipc').length : 0;
  const plain = Array.isArray(list) ? list.map((entry) => (entry === 'ipc' ? 'pipe' : entry)) : list;
  const entries = syncStdio(plain);
  if (entries === undefined || channels > 1 || (Array.isArray(plain) && entries.length !== plain.length))
    throw invalidArgValue('options.stdio', given, 'is invalid');
  const { envPairs } = options;
  return { entries, envPairs: channels === 0 ? envPairs : [...envPairs, ...CHANNEL_VARIABLES] };
}

/** Node sets these for a child with a channel; only how many there are is printed. */
const CHANNEL_VARIABLES = ['NODE_CHANNEL_FD=', 'NODE_CHANNEL_SERIALIZATION_MODE='];
