import childProcess from 'node:child_process';
import 'node:worker_threads';
import { readParameters, say } from '../../support/in-program.js';

const { throwing } = readParameters<{ throwing: boolean }>();
const names = [
  ...['get', 'set', 'value', 'writable', 'enumerable', 'configurable'],
  ...['serialization', 'permission', 'detached', 'uid'],
];
for (const name of names) {
  const keep = function (this: object, value: unknown): void {
    define(this, name, { value, writable: true, enumerable: true });
  };
  const got = (): never => {
    throw new Error(`got ${name}`);
  };
  const what = throwing ? { get: got, set: keep } : { value: 1, writable: true };
  define(Object.prototype, name, what);
}
let error: unknown = null;
try {
  await import('forkless/register');
} catch (thrown) {
  error = (thrown as Error).stack;
}
for (const name of names) Reflect.deleteProperty(Object.prototype, name);
const { features } = await import('forkless');
const { default: ours } = await import('forkless/child_process');
say({ error, ...features().childProcess, same: childProcess.exec === ours.exec });

/** By a descriptor that inherits nothing: what is on Object.prototype by now would count. */
function define(object: object, name: string, what: PropertyDescriptor): void {
  Reflect.defineProperty(object, name, Object.assign(Object.create(null), what, { configurable: true }));
}
