import { execFileSync, spawnSync } from 'forkless/child_process';
import { say } from '../../support/in-program.js';
import { meddle } from '../../support/meddle.js';
import { childrenOf, openDescriptors } from '../../support/proc.js';
import { options, tell, thrownBy } from './unable-to-report.js';

spawnSync('/bin/true', options);
const before = openDescriptors().size;
meddle.installSeccomp('execve=EACCES write:200=EPERM', false);
const { error, ...result } = spawnSync('/bin/true', ['x'], options);
say({
  result,
  error: tell(error),
  thrown: thrownBy(() => execFileSync('/bin/true', ['x'], options)),
  left: [childrenOf().length, openDescriptors().size - before],
});
