import workerThreads, { SHARE_ENV, Worker } from 'node:worker_threads';
import { say } from '../../support/in-program.js';
import { throughUs } from './kit.js';
import { common, messageOf, modern, nest, nested, textOf } from './worker-forms.js';

class Own extends Worker {}
const text = textOf(common);
const noFlags = { execArgv: [] };
nest(modern, noFlags);
const kinds: Record<string, () => Worker> = {
  'an ES module': () => new Worker(modern),
  'a URL': () => new Worker(new URL(`file://${modern}`)),
  'a CommonJS file': () => new Worker(common),
  text: () => new Worker(text, { eval: true }),
  'text, without flags': () => new Worker(text, { eval: true, execArgv: [] }),
  'a data: URL': () => new Worker(new URL(`data:text/javascript,${encodeURIComponent(textOf(modern))}`)),
  'without flags': () => new Worker(modern, noFlags),
  'CommonJS without flags': () => new Worker(common, noFlags),
  'with other flags': () => new Worker(modern, { execArgv: ['--no-warnings', '--conditions', 'dev'] }),
  'with an environment of its own': () => new Worker(common, { env: { PATH: process.env['PATH'] } }),
  'with no environment': () => new Worker(modern, { env: {} }),
  'with the same environment': () => new Worker(common, { env: SHARE_ENV }),
  'with neither flags nor environment': () => new Worker(common, { env: {}, execArgv: [] }),
  'made by a Worker': () => new Worker(nested),
  'of a class of its own': () => new Own(modern, noFlags),
  'of the module object': () => new workerThreads.Worker(common),
  'of Reflect': () => Reflect.construct(Worker, [modern, noFlags], Own),
};
const through: Record<string, boolean> = {};
for (const [kind, make] of Object.entries(kinds)) through[kind] = await throughUs(() => messageOf(make()));
say(through);
