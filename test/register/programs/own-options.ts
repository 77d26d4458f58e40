import { once } from 'node:events';
import { execFileSync, spawn, spawnSync } from 'forkless/child_process';
import { say } from '../../support/in-program.js';
import { warningsHaveCome } from './kit.js';
import { hook } from './native.js';
import { calls, cp } from './observed.js';

await warningsHaveCome();
hook('sync');
hook('async');
// forkless/register has put them there.
const same = cp.execFileSync === execFileSync && cp.spawn === spawn && cp.spawnSync === spawnSync;
const text = execFileSync('sh', ['-c', 'umask'], { umask: 0o27, encoding: 'utf8' });
const child = spawn('sh', ['-c', 'umask'], { umask: 0o27 });
let told = '';
child.stdout?.on('data', (data) => {
  told += data;
});
await once(child, 'close');
const { error, stdout }: { error?: Error; stdout: unknown } = spawnSync('/no/such/program', [], {
  umask: 0o27,
});
const none = Number.parseInt(process.versions.node, 10) < 22 ? null : undefined;
say([same, text, told, (error as NodeJS.ErrnoException | undefined)?.code, stdout === none, calls]);
