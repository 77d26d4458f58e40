import { once } from 'node:events';
import { fork, spawnSync } from 'forkless/child_process';
import { say } from '../../support/in-program.js';
import { makeFile } from '../../support/starts.js';
import { tempPath } from '../../support/temp.js';

const program = makeFile('process.send(Object.keys(process.env))', 0o644, tempPath('keys.mjs'));
process.env['SECRET'] = 'secret';
spawnSync('/bin/true');
for (const key of Object.keys(process.env)) delete process.env[key];
const [keys] = await once(fork(program), 'message');
say(keys);
