// For lifetime.test.ts: comes to its end by itself, and says what it has heard of until then.
import { posixSpawn } from 'forkless';
import { say } from '../../support/in-program.js';

let rejections = 0;
process.on('unhandledRejection', () => rejections++);
const ends: number[] = [];
for (let i = 0; i < 50; i++) {
  void posixSpawn('/bin/sh', ['sh', '-c', i % 2 ? 'kill -9 $$' : 'exit 3']).then(({ exited }) =>
    exited.then(() => ends.push(i)),
  );
  posixSpawn('/no/such/program', ['x']).catch(() => {});
}
process.on('exit', () => say({ ends: ends.length, rejections }));
