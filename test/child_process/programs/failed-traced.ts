import type { ChildProcess } from 'node:child_process';
import { channel } from 'node:diagnostics_channel';
import { say } from '../../support/in-program.js';
import { cp } from './door.js';

const seen: unknown[] = [];
channel('tracing:child_process.spawn:error').subscribe((message) => {
  const { process: child, error } = message as { process: ChildProcess; error: NodeJS.ErrnoException };
  seen.push(child.pid, error.code);
});
channel('tracing:child_process.spawn:end').subscribe(() => seen.push('end'));
cp.spawn('/no/such').on('error', () => {});
try {
  cp.spawn('/etc/passwd/x');
} catch {}
say(seen);
