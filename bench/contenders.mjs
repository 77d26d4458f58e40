// Who is measured: the ways of hosts/, under the names by which the tables call them.

/** Node whose libuv starts processes by posix_spawn: Debian sid's. */
export const NEWER = 'Node on libuv 1.53+';

/** `rate`, `live`, `slow`: also with many in flight, with many children, with an exec that takes long. */
export const contenders = [
  { way: 'posixSpawn', host: 'forkless', title: 'forkless posixSpawn', rate: true, live: true, slow: true },
  { way: 'posixSpawnInheriting', host: 'forkless', title: 'forkless posixSpawn, all inherited' },
  { way: 'posixSpawnSync', host: 'forkless', title: 'forkless posixSpawnSync' },
  { way: 'dropIn', host: 'forkless', title: 'forkless spawn, no pipes', rate: true, live: true, slow: true },
  { way: 'dropInPipes', host: 'forkless', title: 'forkless spawn, three pipes', slow: true },
  { way: 'dropInSync', host: 'forkless', title: 'forkless spawnSync' },
  { way: 'node', host: 'node', title: 'Node spawn, no pipes', rate: true, live: true, slow: true },
  { way: 'nodePipes', host: 'node', title: 'Node spawn, three pipes' },
  { way: 'nodeSync', host: 'node', title: 'Node spawnSync' },
  { way: 'sid', host: 'sid', title: `${NEWER} spawn, no pipes`, rate: true, live: true, slow: true },
  { way: 'sidPipes', host: 'sid', title: `${NEWER} spawn, three pipes` },
  { way: 'sidSync', host: 'sid', title: `${NEWER} spawnSync` },
  { way: 'bun', host: 'bun', title: 'Bun.spawn', rate: true, live: true, slow: true },
  { way: 'bunSync', host: 'bun', title: 'Bun.spawnSync' },
  { way: 'deno', host: 'deno', title: 'Deno.Command spawn', rate: true, live: true, slow: true },
  { way: 'denoSync', host: 'deno', title: 'Deno.Command outputSync' },
  { way: 'python', host: 'python', title: 'Python subprocess.Popen', rate: true, live: true, slow: true },
  { way: 'posix_spawn', host: 'c', title: 'C posix_spawn', rate: true, live: true, slow: true },
  { way: 'vfork', host: 'c', title: 'C vfork + exec', rate: true, slow: true },
  { way: 'fork', host: 'c', title: 'C fork + exec', rate: true, slow: true },
];

export const waysOf = (host) => contenders.filter((contender) => contender.host === host);
