// node family.mjs GENERATIONS FORKLESS [with]: prints for this process and its descendants whether their starts go
// through the engine, and the last one's NODE_OPTIONS. `with`: they are started with an environment of their own.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

const [generations, forkless, ...environment] = process.argv.slice(2);
const { features } = await import(forkless);
const countStarts = () => Object.values(features().rungs).reduce((sum, count) => sum + count, 0);

const before = countStarts();
const child = execFile('true');
const through = countStarts() - before === 1;
await once(child, 'close');
if (generations > 1) {
  const args = [process.argv[1], generations - 1, forkless, ...environment];
  const env = environment.length > 0 ? { PATH: process.env.PATH } : process.env;
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  const { registered, options } = JSON.parse(stdout);
  console.log(JSON.stringify({ registered: [through, ...registered], options }));
} else {
  console.log(JSON.stringify({ registered: [through], options: process.env.NODE_OPTIONS ?? null }));
}
