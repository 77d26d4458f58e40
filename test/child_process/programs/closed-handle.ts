import { spawn } from 'forkless/child_process';
import { say } from '../../support/in-program.js';
import { childrenOf } from '../../support/proc.js';

interface Handle {
  close(): void;
  ref(): void;
  unref(): void;
  hasRef(): boolean;
}

const child = spawn('cat', { stdio: [0, 'ignore', 'ignore'] }); // until the end of our input
const { _handle: handle } = child as unknown as { _handle: Handle };
child.on('exit', () => say('exit'));
handle.close();
handle.close();
handle.unref();
handle.ref();
say([handle.hasRef(), childrenOf().length]);
