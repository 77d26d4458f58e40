// For verdict-refused.test.ts. Node itself does not bear that filter for long: the answer is there before it ends.
import { posixSpawn } from 'forkless';
import { say } from '../../support/in-program.js';
import { meddle } from '../../support/meddle.js';
import { childrenOf, openDescriptors } from '../../support/proc.js';

await (await posixSpawn('/bin/true', ['true'])).exited;
const before = openDescriptors().size;
meddle.installSeccomp('epoll_ctl=EPERM', true);
const { code, step } = await posixSpawn('/bin/sleep', ['sleep', '60']).then(
  () => ({ code: 'started', step: '' }),
  (error) => error,
);
say({ code, step, left: childrenOf().length, descriptors: openDescriptors().size - before });
process.exit(0);
