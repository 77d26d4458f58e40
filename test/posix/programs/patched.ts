// For api.test.ts: the object that require gives is patched, which is seen through import too, and mended.
import { createRequire } from 'node:module';
import api, { posixSpawn } from 'forkless';
import { say } from '../../support/in-program.js';

type Patchable = Record<string, unknown>;

const required = createRequire(import.meta.url)('forkless') as Patchable & {
  posixSpawn: typeof posixSpawn;
};
const original = api.posixSpawn;
const calls: unknown[] = [];
required.posixSpawn = (...args) => {
  calls.push(args);
  return original(...args);
};
const child = await api.posixSpawn('/bin/true', ['true']);
await child.exited;
required.posixSpawn = original;
required['more'] = 1;
say({ calls, restored: api.posixSpawn === posixSpawn, more: (api as unknown as Patchable)['more'] });
