// For orphan.test.ts: a start that is stuck after its ids were reset. Says its pid.
import { FileActions, posixSpawn } from 'forkless';
import { say } from '../../support/in-program.js';
import { childrenOf } from '../../support/proc.js';
import { makeFifo } from '../../support/temp.js';
import { until } from '../../support/until.js';

const fileActions = new FileActions().addOpen(9, makeFifo(), 'r');
process.setegid?.(65534);
process.seteuid?.(65534);
void posixSpawn('/bin/true', ['true'], { resetIds: true, fileActions });
const { pid } = await until('a sleeping child', () => childrenOf().find(({ state }) => state === 'S'));
say(pid);
