import { Worker } from 'node:worker_threads';
import { say } from '../../support/in-program.js';
import { flags, messageOf, nest, nested } from './worker-forms.js';

nest(flags);
say([
  await messageOf(new Worker(flags)),
  await messageOf(new Worker(flags, { execArgv: ['--no-warnings'] })),
  await messageOf(new Worker(flags, { execArgv: ['--no-warnings', '--', 'x'] })),
  await messageOf(new Worker(nested)),
  process.execArgv,
]);
