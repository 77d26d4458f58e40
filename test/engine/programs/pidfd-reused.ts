// For pidfd-reused.test.ts: under a filter, other code closes a pidfd, and the next one has its number.
import { closeSync } from 'node:fs';
import { posixSpawn } from 'forkless';
import { readParameters, say } from '../../support/in-program.js';
import { meddle } from '../../support/meddle.js';
import { probeArgv, probePath } from '../../support/probe.js';
import { childrenOf } from '../../support/proc.js';

const { rules } = readParameters<{ rules: string }>();
await (await posixSpawn('/bin/true', ['true'])).exited;
meddle.installSeccomp(rules, true);
const child = await posixSpawn(probePath, probeArgv('block'));
const number = child.pidfd;
closeSync(number);
const victim = await posixSpawn(probePath, probeArgv('block'));
const same = victim.pidfd === number;
child.kill('SIGTERM');
const ends = [(await child.exited).signal];
const alive = victim.kill(0);
victim.kill('SIGKILL');
ends.push((await victim.exited).signal);
say({ same, ends, alive, left: childrenOf().length });
