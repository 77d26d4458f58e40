import { spawnSync } from 'forkless/child_process';
import { say } from '../../support/in-program.js';
import { meddle } from '../../support/meddle.js';

const input = 'text '.repeat(200_000);
meddle.startStorm(false);
let wrong = 0;
for (let i = 0; i < 40; i++) {
  const { stdout, status } = spawnSync('cat', { input, encoding: 'latin1', timeout: 60_000 });
  if (status !== 0 || stdout !== input) wrong++;
}
const { sent, strangers } = meddle.stopStorm();
say({ wrong, sent, strangers });
