import { Worker } from 'node:worker_threads';
import { say } from '../../support/in-program.js';
import { messageOf, telling, textOf } from './worker-forms.js';

delete process.env['NODE_OPTIONS'];
const { preloaded } = (await messageOf(new Worker(textOf(telling), { eval: true }))) as {
  preloaded?: unknown;
};
say(preloaded);
