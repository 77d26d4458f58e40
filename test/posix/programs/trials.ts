// For trials.test.ts: the leader of a session with a terminal tries all attributes and looks what that has left.
import { features, posixSpawnSync, tcgetpgrp } from 'forkless';
import { say } from '../../support/in-program.js';
import { childrenOf, openDescriptors } from '../../support/proc.js';
import { processFacts, threadsOf } from '../../support/process-facts.js';

await posixSpawnSync('/bin/true', ['true']).exited; // what the engine keeps is there from now on
const threads = threadsOf();
const look = () => ({
  facts: processFacts(threads),
  descriptors: [...openDescriptors()],
  children: childrenOf(),
  foreground: tcgetpgrp(0),
});
const before = look();
const { attributes } = features();
say({ before, after: look(), attributes, group: process.pid });
