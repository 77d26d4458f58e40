import { say } from '../../support/in-program.js';
import { calls } from './observed.js';

const before = [...calls];
const { spawnSync } = await import('forkless/child_process');
say([before, spawnSync('/no/such/program').status, calls]);
