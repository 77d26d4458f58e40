// For adopt.test.ts: what adoptFds() returns, and what it leaves behind.
import { fstatSync, openSync } from 'node:fs';
import { getCloexec, setCloexec } from 'forkless';
import { adoptFds } from 'forkless/service';
import { readParameters, say } from '../../support/in-program.js';

const { env = {}, fds = 0 } = readParameters<{ env?: Record<string, string>; fds?: number }>();
for (const [name, value] of Object.entries(env))
  process.env[name] = value === 'PID' ? `${process.pid}` : value;
for (let fd = 3; fd < 3 + fds; fd++) {
  if (!isOpen(fd)) openSync('/dev/null', 'r');
  setCloexec(fd, false);
}

let told: object;
try {
  const adopted = adoptFds();
  told = { adopted, cloexec: adopted.map(({ fd }) => getCloexec(fd)) };
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  told = { code, message };
}
const left = Object.keys(process.env).filter((name) => name.startsWith('LISTEN_'));
say('code' in told ? { ...told, left } : { ...told, left, again: adoptFds() });

function isOpen(fd: number): boolean {
  try {
    fstatSync(fd);
    return true;
  } catch {
    return false;
  }
}
