// For lifetime.test.ts: ends while its child runs.
import { openSync } from 'node:fs';
import { posixSpawn } from 'forkless';
import { say } from '../../support/in-program.js';
import { probeArgv, probePath } from '../../support/probe.js';

const none = openSync('/dev/null', 'r+');
const child = await posixSpawn(probePath, probeArgv('block'), { fds: [none, none, none] });
say(child.pid);
process.exit(7);
