// Says what each function of the module looks like, and which of its neighbours it calls where these were replaced.
import childProcess from 'node:child_process';
import { promisify } from 'node:util';
import { say } from '../../support/in-program.js';

type Callable = ((this: unknown, ...args: unknown[]) => unknown) & { [promisify.custom]?: Callable };
const module = childProcess as unknown as Record<string, Callable>;

const looks = Object.entries(Object.getOwnPropertyDescriptors(module)).map(([name, { value, ...rest }]) => {
  const custom = value?.[promisify.custom];
  return [name, value?.name, value?.length, custom?.name, custom?.length, rest];
});
const calls: unknown[] = [];
const originals = { ...module };
for (const [name, original] of Object.entries(originals)) {
  if (name === 'ChildProcess') continue;
  module[name] = function (...args) {
    calls.push([name, args.length]);
    return original.apply(this, args);
  };
}
childProcess.exec('true', () => calls.push('called back'));
childProcess.execFile('true');
childProcess.execSync('true');
childProcess.execFileSync('true');
childProcess.spawn('true');
childProcess.spawnSync('true');
childProcess.fork('/no/such/file', { silent: true, execArgv: [] });
process.on('exit', () => say({ looks, calls }));
