import { promisify } from 'node:util';
import type { Door } from '../oracle.js';
import { cp } from './door.js';

type Fields = Error & Record<string, unknown>;
function tell(what: string, error: unknown): void {
  const { name, code, message: _, permission, resource, ...rest } = error as Fields;
  console.log(what, name, code, permission, resource, Object.keys(rest).join());
}

const loose = cp as unknown as Door;
for (const [name, args] of [
  ['spawn', ['/bin/true']],
  ['spawn', ['/no/such']],
  ['exec', ['true']],
  ['execFile', ['/bin/true']],
  ['fork', ['/dev/null']],
  ['spawn', ['']],
] as const)
  try {
    const child = loose[name](...args);
    child.on('error', (error) => tell(`${name} event`, error));
    child.on('exit', (...end) => console.log(name, ...end));
    console.log(name, 'returned');
  } catch (error) {
    tell(`${name} threw`, error);
  }
try {
  await promisify(cp.exec)('true').catch((error) => tell('promise', error));
} catch (error) {
  tell('promise threw', error);
}
