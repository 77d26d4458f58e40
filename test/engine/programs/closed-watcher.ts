// For copies.test.ts: other code closes the epoll set of the library while a child runs.
import { closeSync } from 'node:fs';
import { openPipe, posixSpawn } from 'forkless';
import { say } from '../../support/in-program.js';
import { openDescriptors } from '../../support/proc.js';

const before = openDescriptors();
const [readEnd, writeEnd] = openPipe();
const older = await posixSpawn('/bin/sh', ['sh', '-c', 'read line; exit 7'], { fds: [readEnd] });
const [epoll = -1] = [...openDescriptors()]
  .filter(([fd, target]) => !before.has(fd) && target.includes('eventpoll'))
  .map(([fd]) => fd);
closeSync(epoll);
const newer = await posixSpawn('/bin/sh', ['sh', '-c', 'exit 8']);
const ended = await newer.exited;
closeSync(readEnd);
closeSync(writeEnd);
say([(await older.exited).code, ended.code]);
