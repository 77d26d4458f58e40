// For abort.test.ts: 50 starts are aborted more than once. Says at its end what came of them.
import { posixSpawn } from 'forkless';
import { readParameters, say } from '../../support/in-program.js';
import { childrenOf } from '../../support/proc.js';
import { stuckOn, untilStuck } from '../../support/stuck.js';

const { fifo } = readParameters<{ fifo: string }>();
const controller = new AbortController();
const errors: string[] = [];
let unhandled = 0;
process.on('unhandledRejection', () => unhandled++);
const options = { ...stuckOn(fifo), signal: controller.signal };
const starts = Array.from({ length: 50 }, () =>
  posixSpawn('/bin/true', ['true'], options).catch(({ name }) => errors.push(name)),
);
await untilStuck(50);
controller.abort();
controller.abort();
controller.signal.dispatchEvent(new Event('abort'));
await Promise.all(starts);
process.on('exit', () => say({ errors, unhandled, left: childrenOf().length }));
