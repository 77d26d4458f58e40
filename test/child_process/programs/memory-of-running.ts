// Run with --expose-gc. Says how many bytes of memory each child keeps in use while it runs, with a large environment.
import { spawn } from 'forkless/child_process';
import { say } from '../../support/in-program.js';

const CHILDREN = 40;
const { gc } = globalThis as unknown as { gc: () => void };

function start(index: number): ReturnType<typeof spawn> {
  const env = { LARGE: 'x'.repeat(30_000) + index };
  return spawn('/bin/cat', { stdio: ['pipe', 'ignore', 'ignore'], env });
}

function used(): number {
  gc();
  gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function end(children: readonly ReturnType<typeof spawn>[]): Promise<unknown> {
  for (const child of children) child.stdin?.end();
  return Promise.all(children.map((child) => new Promise((resolve) => child.on('close', resolve))));
}

await end([start(-1), start(-2)]);
const before = used();
const children = Array.from({ length: CHILDREN }, (_, index) => start(index));
await new Promise((resolve) => setImmediate(resolve));
const after = used();
await end(children);
say((after - before) / CHILDREN);
