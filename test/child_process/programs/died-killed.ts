import { once } from 'node:events';
import { spawn, spawnSync } from 'forkless/child_process';
import { say } from '../../support/in-program.js';
import { meddle } from '../../support/meddle.js';
import { options } from './unable-to-report.js';

spawnSync('/bin/true', options);
meddle.installSeccomp('execve=KILL', false);
const { error, status, signal } = spawnSync('/bin/true', options);
const child = spawn('/bin/true', options);
const end = await once(child, 'exit');
say({ error: error === undefined, status, signal, pid: Number(child.pid) > 0, end });
