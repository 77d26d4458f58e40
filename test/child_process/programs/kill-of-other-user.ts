import { cp } from './door.js';

const child = cp.spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'], uid: 65534, gid: 65534 });
process.seteuid?.(1000);
child.on('error', (error: NodeJS.ErrnoException) =>
  console.log(error.message, error.code, error.syscall, Object.keys(error)),
);
console.log(child.kill(), child.killed);
process.seteuid?.(0);
child.on('exit', (...args) => console.log(...args));
child.stdin.end();
