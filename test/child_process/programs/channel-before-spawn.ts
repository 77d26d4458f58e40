import type { ChildProcess } from 'node:child_process';
import { channel } from 'node:diagnostics_channel';
import { cp } from './door.js';

channel('child_process').subscribe((message, name) => {
  const { process: child } = message as { process: ChildProcess };
  const keys = Object.keys(child).filter((key) => key !== '_handle');
  console.log(
    String(name),
    Object.keys(message as object),
    child.constructor.name,
    child.pid,
    child.spawnfile,
    keys.join(),
  );
});
cp.spawn('/bin/true', { stdio: 'ignore' });
cp.spawn('/no/such').on('error', () => {});
cp.exec('true');
cp.execFile('/bin/true');
cp.fork('/dev/null', { stdio: 'ignore' });
for (const spawnWrongly of [() => cp.spawn('/bin/true', { stdio: 'wrong' as 'pipe' }), () => cp.spawn('')])
  try {
    spawnWrongly();
  } catch {
    console.log('thrown');
  }
