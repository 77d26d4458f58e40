import type { StdioOptions } from 'node:child_process';
import { spawn, spawnSync } from 'forkless/child_process';
import { say } from '../../support/in-program.js';

/** What both say where `inheritFds` has this number beside this stdio: 0 or the code of an error. */
function ask(stdio: StdioOptions | undefined, fd: number): unknown {
  const given = stdio === undefined ? {} : { stdio };
  const asked = [
    () => {
      spawn('/bin/true', [], {
        ...(Array.isArray(stdio) ? { stdio: stdio.slice() } : given),
        inheritFds: [fd],
      });
      return 0;
    },
    () => {
      const { error, status } = spawnSync('/bin/true', [], { ...given, inheritFds: [fd] });
      return error ? (error as NodeJS.ErrnoException).code : status;
    },
  ].map((start) => {
    try {
      return start();
    } catch (error) {
      return (error as NodeJS.ErrnoException).code;
    }
  });
  return asked[0] === asked[1] ? asked[0] : asked;
}

const ignored = (count: number): 'ignore'[] => Array(count).fill('ignore');
say([
  ask('ignore', 2),
  ask('ignore', 20),
  ask(['ignore'], 0),
  ask(['ignore'], 1),
  ask(['ignore'], 2),
  ask(['ignore'], 20),
  ask(ignored(10), 9),
  ask(ignored(20), 20),
  ask(ignored(21), 20),
  ask([], 2),
  ask(undefined, 3),
]);
