// Says which of six starts went through the engine, and what was seen of them.
import cp, { spawn } from 'node:child_process';
import { dropIn, throughUs } from '../../register/programs/kit.js';
import { say } from '../../support/in-program.js';
import { seen } from './seen.js';

const starts = {
  spawn: () => spawn('/bin/true'),
  exec: () => cp.exec('true'),
  execFile: () => cp.execFile('/bin/true'),
  spawnSync: () => cp.spawnSync('/bin/true'),
  execSync: () => cp.execSync('true'),
  execFileSync: () => cp.execFileSync('/bin/true'),
};
const through: Record<string, boolean> = {};
dropIn(); // loads the engine, which tries the replaced ChildProcess.prototype.spawn
seen.length = 0;
for (const [name, start] of Object.entries(starts)) through[name] = await throughUs(start);
const ofStarts = [...seen];
const text = cp.execFileSync('/bin/sh', ['-c', 'echo $ADDED'], { encoding: 'utf8' });
say({ through, seen: ofStarts, text, ...dropIn() });
