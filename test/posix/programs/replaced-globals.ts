// For arguments-hostile.test.ts: starts after the program has replaced what the library uses.
import { posixSpawn, posixSpawnSync } from 'forkless';
import { readParameters, say } from '../../support/in-program.js';
import { childrenOf } from '../../support/proc.js';

type Methods = Record<string, unknown>;

const owners: Record<string, Methods> = {
  Map: Map.prototype as unknown as Methods,
  globalThis: globalThis as unknown as Methods,
  Object: Object as unknown as Methods,
  Array: Array.prototype as unknown as Methods,
};
const { names } = readParameters<{ names: [owner: string, name: string][] }>();

function fail(): never {
  throw new Error('replaced');
}

// Only loops from here on, until all is put back: what they would call may be replaced.
const kept: unknown[] = [];
for (let i = 0; i < names.length; i++) {
  const [owner, name] = names[i] as [string, string];
  kept[i] = (owners[owner] as Methods)[name];
}
for (let i = 0; i < names.length; i++) {
  const [owner, name] = names[i] as [string, string];
  (owners[owner] as Methods)[name] = fail;
}
const codes: unknown[] = [];
for (const start of [posixSpawn, posixSpawnSync, posixSpawn])
  try {
    codes[codes.length] = (await (await start('/bin/true', ['true'])).exited).code;
  } catch (error) {
    codes[codes.length] = (error as Error).message;
  }
for (let i = 0; i < names.length; i++) {
  const [owner, name] = names[i] as [string, string];
  (owners[owner] as Methods)[name] = kept[i];
}
say({ codes, left: childrenOf().length });
