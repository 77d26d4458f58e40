// For lifetime.test.ts: whether the domain is the same after a start and after the end of its child.
import { create } from 'node:domain';
import { posixSpawn } from 'forkless';
import { say } from '../../support/in-program.js';

const domain = create();
const own = process as NodeJS.Process & { domain?: unknown };
void domain.run(async () => {
  const child = await posixSpawn('/bin/true', ['true']);
  const afterStart = own.domain;
  await child.exited;
  say([afterStart === domain, own.domain === domain]);
});
