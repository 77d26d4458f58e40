// For chroot.test.ts: a user who may not change the root, by every way to start.
import { say } from '../../support/in-program.js';
import { ways } from '../ways.js';

// Loaded as root: the folders of this repository may be closed for others.
for (const [, start] of ways) await start('/bin/true', [], {});
process.setgroups?.([]);
process.setgid?.(4242);
process.setuid?.(4242);
const results: Record<string, unknown> = {};
for (const [name, start] of ways) results[name] = await start('/bin/true', [], { chroot: '/' });
say(results);
