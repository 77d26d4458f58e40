// A Worker that kills the child of this process that is stuck before exec, while the main thread is blocked.
import { stuckChildren } from '../../support/proc.js';

look();

function look(): void {
  const [pid] = stuckChildren();
  if (pid === undefined) setImmediate(look);
  else process.kill(pid, 'SIGKILL');
}
