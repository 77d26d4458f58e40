import { cp } from './door.js';

process.on('uncaughtException', (error) => console.log('uncaught', error.message));
const child = cp.spawn('/bin/sh', ['-c', 'echo text']);
child.on('spawn', () => {
  throw new Error('in spawn');
});
child.on('exit', () => {
  throw new Error('in exit');
});
child.on('close', () => {
  throw new Error('in close');
});
child.stdout.on('data', () => {
  throw new Error('in data');
});
const missing = cp.spawn('/no/such');
missing.on('error', () => {
  throw new Error('in error');
});
process.on('exit', () => console.log(child.exitCode, child.stdout.readableEnded));
