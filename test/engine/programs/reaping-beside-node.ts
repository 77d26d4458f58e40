// For reaping.test.ts: children of node:child_process and ours, at the same time.
import { spawn } from 'node:child_process';
import { posixSpawn } from 'forkless';
import { say } from '../../support/in-program.js';
import { probeArgv, probePath } from '../../support/probe.js';
import { outcome, outcomes } from '../reaping-outcomes.js';

const [ours, theirs] = await Promise.all([
  outcomes(150, (index) => outcome(posixSpawn, probePath, probeArgv('exit', index % 120))),
  outcomes(150, (index) => outcomeOfNodes(index % 120)),
]);
say({ ours, theirs });

function outcomeOfNodes(status: number): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn('/bin/sh', ['-c', `exit ${status}`], { stdio: 'ignore' });
    child.on('close', (code, signal) => resolve(String(code ?? signal)));
  });
}
