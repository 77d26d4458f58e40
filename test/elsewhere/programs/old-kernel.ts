// What works where the kernel is old or a filter is narrow. A filter that Node itself could not start under is installed
// before the package is loaded.
import { once } from 'node:events';
import { readParameters, say } from '../../support/in-program.js';
import { meddle } from '../../support/meddle.js';

const { install } = readParameters<{ install?: string }>();
if (install !== undefined) meddle.installSeccomp(install, true);
const { features, posixSpawn, posixSpawnSync, FileActions } = await import('forkless');
await import('forkless/register');
const { spawn, spawnSync } = await import('node:child_process');
const options = { cloexecDefault: true, fileActions: new FileActions().addClosefrom(7) };
const child = await posixSpawn('/bin/sh', ['sh', '-c', 'exit 7'], options);
const { code } = await child.exited;
const sync = await posixSpawnSync('/bin/sh', ['sh', '-c', 'kill -9 $$'], options).exited;
const missing = await posixSpawn('/missing', ['x'], { cwd: '/nowhere' }).catch((error) => [
  error.code,
  error.step,
]);
const streaming = spawn('cat', { cwd: '/' });
streaming.stdin.end('through');
let text = '';
streaming.stdout.on('data', (data) => {
  text += data;
});
const [exit] = await once(streaming, 'close');
const { stdout } = spawnSync('echo', ['sync'], { encoding: 'utf8' });
say({ code, signal: sync.signal, missing, text, exit, stdout, features: features() });
