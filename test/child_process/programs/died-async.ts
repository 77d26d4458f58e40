import { execFile, spawn } from 'forkless/child_process';
import { say } from '../../support/in-program.js';
import { meddle } from '../../support/meddle.js';
import { childrenOf, openDescriptors } from '../../support/proc.js';
import { until } from '../../support/until.js';
import { options, thrownBy } from './unable-to-report.js';

await new Promise((resolve) => execFile('/bin/true', resolve));
const open = openDescriptors().size;
meddle.installSeccomp('execve=EACCES write:200=EPERM', false);
const all = [
  thrownBy(() => spawn('/bin/true', ['x'], options)),
  thrownBy(() => execFile('/bin/true', ['x'], options)),
];
await until('nothing is left', () => childrenOf().length === 0 && openDescriptors().size <= open);
say(all);
