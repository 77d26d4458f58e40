// For pdeathsig.test.ts: a start while the kernel makes no thread.
import type { SpawnError } from 'forkless';
import { posixSpawnSync } from 'forkless';
import { say } from '../../support/in-program.js';
import { meddle } from '../../support/meddle.js';
import { openDescriptors } from '../../support/proc.js';

posixSpawnSync('/bin/true', ['true'], { dieWithParent: true });
meddle.installSeccomp('clone-thread=EAGAIN', false);
const before = openDescriptors().size;
try {
  posixSpawnSync('/bin/true', ['true'], { dieWithParent: true });
} catch (error) {
  const { code, step, syscall } = error as SpawnError;
  say({ refused: `${code} ${step} ${syscall}`, descriptors: openDescriptors().size - before });
}
