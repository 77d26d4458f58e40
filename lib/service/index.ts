/**
 * Starting a service: by user and group names, with a log file and listening sockets, as GNU Shepherd's `exec-command`
 * and systemd do. It gives options for `posixSpawn` and for `spawn`, and is the other side of the sockets, too: docs/service.md.
 *
 * The default export, and what `require('forkless/service')` returns, is one object with all the names of this module.
 *
 * @module forkless/service
 */
export type { AdoptedFd } from './adopt.js';
export { adoptFds } from './adopt.js';
export type { ListenFd, Service } from './options.js';
export { posixOptions, spawnOptions } from './options.js';
