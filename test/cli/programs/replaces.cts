// For --require: replaces functions of Node, as instruments do.
import childProcess = require('node:child_process');

type Callable = (this: unknown, ...args: unknown[]) => unknown;

function wrap(holder: object, name: string): void {
  const original = Reflect.get(holder, name) as Callable;
  Reflect.set(holder, name, function (this: unknown, ...args: unknown[]) {
    return original.apply(this, args);
  });
}

for (const name of ['spawn', 'exec']) wrap(childProcess, name);
const { binding } = process as unknown as { binding: (name: string) => object };
wrap(binding('spawn_sync'), 'spawn');
