import { say } from '../../support/in-program.js';
import { throughUs, warningsHaveCome } from './kit.js';
import { placeOf } from './native.js';
import { cp, warnings } from './observed.js';

await warningsHaveCome();
const own = Object.getOwnPropertyDescriptor(process, 'noDeprecation');
cp.spawnSync('true');
await throughUs(() => cp.spawn('true'));
const before = [...warnings];
const code = await new Promise((resolve) => {
  process.on('warning', (warning: NodeJS.ErrnoException) => resolve(warning.code));
  process.on('uncaughtException', (error: NodeJS.ErrnoException) => resolve(error.code));
  placeOf('sync');
});
say([own ?? null, before, code]);
