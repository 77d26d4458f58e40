// For pid-namespace.test.ts: this thread unshares before anything was started.

import * as nodes from 'node:child_process';
import { features, posixSpawn } from 'forkless';
import * as ours from 'forkless/child_process';
import { readParameters } from '../../support/in-program.js';
import { meddle } from '../../support/meddle.js';
import { runScenario } from '../../support/scenarios.js';
import { NEWPID } from './namespaces.js';

const { door } = readParameters<{ door?: string }>();
meddle.unshare(NEWPID);

await runScenario({
  sync() {
    const { status, stdout } = ours.spawnSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' });
    return { status, stdout };
  },

  async spawn() {
    const { spawn } = door === 'node:child_process' ? nodes : ours;
    try {
      const child = spawn('sh', ['-c', 'echo $$; read line; exit 4'], { stdio: ['pipe', 'pipe', 'inherit'] });
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
      child.stdin.end('\n');
      const code = await new Promise((resolve) => child.once('close', resolve));
      return { output, code };
    } catch (error) {
      return (error as NodeJS.ErrnoException).code;
    }
  },

  async refused() {
    const posix = await posixSpawn('/bin/true', ['true']).catch(({ code, step }) => [code, step]);
    const error = await new Promise<{ code: string; cause: { step: string } }>((resolve) => {
      try {
        ours.spawn('true', { umask: 0 }).once('error', (emitted) => resolve(emitted as never));
      } catch (thrown) {
        resolve(thrown as never);
      }
    });
    return [posix, [error.code, error.cause.step], features().childProcess.reason];
  },
});
