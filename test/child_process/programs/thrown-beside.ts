import { AsyncResource } from 'node:async_hooks';
import { spawn } from 'forkless/child_process';
import { say } from '../../support/in-program.js';
import { childrenOf } from '../../support/proc.js';
import { until } from '../../support/until.js';

const original = AsyncResource.prototype.runInAsyncScope;
const ends: string[] = [];
const children = Array.from({ length: 5 }, (_, index) =>
  spawn('/bin/true', { stdio: 'ignore' }).on('exit', (code) => ends.push(`${index}: ${code}`)),
);
process.on('uncaughtException', ({ message }) => ends.push(message));
const zombies = () => childrenOf().filter(({ state }) => state === 'Z').length;
while (zombies() < children.length); // the loop must not turn before all have ended
AsyncResource.prototype.runInAsyncScope = () => {
  AsyncResource.prototype.runInAsyncScope = original;
  throw new Error('thrown');
};
await until('all but one have been told', () => ends.length === children.length);
say({
  told: ends.filter((text) => text.endsWith(': 0')).length,
  thrown: ends.filter((text) => text === 'thrown').length,
});
process.exit();
