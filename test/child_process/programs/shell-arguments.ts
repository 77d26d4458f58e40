import { cp } from './door.js';

for (const args of [['a  b', '"c d"', '$((1+1))'], ['again']]) {
  const child = cp.spawn('echo', args, { shell: true });
  for await (const text of child.stdout) process.stdout.write(text);
}
cp.spawn('true', ['x'], { shell: '/bin/sh', stdio: 'ignore' });
cp.execFile('true', ['x'], { shell: true }, () => {});
cp.spawn('true', [], { shell: true, stdio: 'ignore' });
