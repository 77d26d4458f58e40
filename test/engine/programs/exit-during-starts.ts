// For lifetime.test.ts: ends by process.exit, `turns` turns of the loop after 50 starts were made.
import { posixSpawn } from 'forkless';
import { readParameters } from '../../support/in-program.js';

const { turns } = readParameters<{ turns: number }>();
await (await posixSpawn('/bin/true', ['true'])).exited;
for (let i = 0; i < 50; i++) void posixSpawn('/bin/true', ['true']).then((child) => child.exited);
for (let i = 0; i < turns; i++) await new Promise(setImmediate);
process.exit(3);
