import type { ChildProcess } from 'node:child_process';
import { cp } from './door.js';
import { ownEntries } from './told-environment.js';

/** Tells the environment of a child that is started in each way. */
export async function tellAllWays(): Promise<void> {
  console.log('spawn:', await gathered(cp.spawn('cat', ['/proc/self/environ'])));
  console.log('exec:', await gathered(cp.exec('exec cat /proc/self/environ', { encoding: 'buffer' })));
  console.log(
    'execFile:',
    await gathered(cp.execFile('cat', ['/proc/self/environ'], { encoding: 'buffer' })),
  );
  console.log(
    'fork:',
    await gathered(cp.fork('/proc/self/environ', { execPath: '/bin/cat', execArgv: [], silent: true })),
  );
  console.log('execSync:', ownEntries(cp.execSync('exec cat /proc/self/environ')));
  console.log('execFileSync:', ownEntries(cp.execFileSync('cat', ['/proc/self/environ'])));
}

export async function gathered({ stdout }: ChildProcess): Promise<string> {
  return ownEntries(Buffer.concat((await stdout?.toArray()) ?? []));
}
