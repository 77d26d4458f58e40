// For chroot.test.ts, with /proc mounted in the new root: links in it lead out of that root.
import { readParameters, say } from '../../support/in-program.js';
import { probeArgv } from '../../support/probe.js';
import { ways } from '../ways.js';

const { root } = readParameters<{ root: string }>();
const args = probeArgv('where').slice(1);
const results: Record<string, unknown> = {};
for (const [name, start] of ways) {
  const ask = async (cwd: string) => {
    const answer = await start('/bin/probe', args, { chroot: root, cwd });
    return typeof answer === 'string' ? JSON.parse(answer).cwd : answer;
  };
  results[name] = {
    root: await ask(`/proc/${process.pid}/root`),
    cwd: await ask(`/proc/${process.pid}/cwd`),
    inside: await ask('/proc/sys'),
  };
}
say(results);
