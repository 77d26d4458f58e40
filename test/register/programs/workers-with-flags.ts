import { Worker } from 'node:worker_threads';
import { readParameters, say } from '../../support/in-program.js';
import { throughUs } from './kit.js';
import { common, messageOf, modern, textOf } from './worker-forms.js';

const { execArgv } = readParameters<{ execArgv?: string[] }>();
const more = execArgv === undefined ? { execArgv: undefined } : { execArgv };
say([
  await throughUs(() => messageOf(new Worker(modern, more as object))),
  await messageOf(new Worker(textOf(common), { eval: true, ...(more as object) })),
]);
