import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { say } from '../../support/in-program.js';
import { common, textOf } from './worker-forms.js';

/** It may be called wrongly, also without `new`. */
const Loose = Worker as unknown as {
  (...args: unknown[]): unknown;
  new (...args: unknown[]): unknown;
};
const text = textOf(common);
const attempts = [
  () => Loose(text, { eval: true }),
  () => new Loose(),
  () => new Loose(5),
  () => new Loose('relative.js'),
  () => new Loose(text, null),
  () => new Loose(new URL('file:///x'), { eval: true }),
  () => new Loose(text, { eval: true, execArgv: 5 }),
  () => new Loose(text, { eval: true, execArgv: ['--expose-gc', '--no-such-flag'] }),
  () => new Loose(text, { eval: true, argv: 5 }),
  () => new Loose(text, { eval: true, env: 5 }),
  () => new Loose(text, { eval: true, env: { NODE_OPTIONS: '--title=x' } }),
  () => new Loose(text, { eval: true, resourceLimits: 5, name: 5 }),
  () => new Loose(text, { eval: true, workerData: () => {} }),
];
const said = attempts.map((attempt) => {
  try {
    attempt();
    return 'nothing';
  } catch (error) {
    const { name, code, message } = error as NodeJS.ErrnoException;
    return { name, code, message };
  }
});
const late = new Worker('/no/such/file.js');
const [{ name, code, message }] = await once(late, 'error');
say([said, name, code, message]);
process.exit();
