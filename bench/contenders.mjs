// Who is measured: the ways of hosts/, under the names by which the tables call them.

/** `rate` and `live`: also with many in flight, and with many children. */
export const contenders = [
  { way: 'posixSpawn', host: 'forkless', title: 'forkless posixSpawn', rate: true, live: true },
  { way: 'posixSpawnInheriting', host: 'forkless', title: 'forkless posixSpawn, all inherited' },
  { way: 'posixSpawnSync', host: 'forkless', title: 'forkless posixSpawnSync' },
  { way: 'dropIn', host: 'forkless', title: 'forkless spawn, no pipes', rate: true, live: true },
  { way: 'dropInPipes', host: 'forkless', title: 'forkless spawn, three pipes' },
  { way: 'dropInSync', host: 'forkless', title: 'forkless spawnSync' },
  { way: 'node', host: 'node', title: 'Node spawn, no pipes', rate: true, live: true },
  { way: 'nodePipes', host: 'node', title: 'Node spawn, three pipes' },
  { way: 'nodeSync', host: 'node', title: 'Node spawnSync' },
  { way: 'bun', host: 'bun', title: 'Bun.spawn', rate: true, live: true },
  { way: 'bunSync', host: 'bun', title: 'Bun.spawnSync' },
  { way: 'deno', host: 'deno', title: 'Deno.Command spawn', rate: true, live: true },
  { way: 'denoSync', host: 'deno', title: 'Deno.Command outputSync' },
  { way: 'python', host: 'python', title: 'Python subprocess.Popen', rate: true, live: true },
  { way: 'posix_spawn', host: 'c', title: 'C posix_spawn', rate: true, live: true },
  { way: 'vfork', host: 'c', title: 'C vfork + exec', rate: true },
  { way: 'fork', host: 'c', title: 'C fork + exec', rate: true },
];

export const waysOf = (host) => contenders.filter((contender) => contender.host === host);
