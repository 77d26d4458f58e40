// Ends by itself when its last child has ended, and not before: says "end" after the child has said "child".
import { posixSpawn, posixSpawnSync } from 'forkless';

const script = 'sleep 0.2; echo child';
const sync = process.argv[2] === 'sync';
const child = sync
  ? posixSpawnSync('/bin/sh', ['sh', '-c', script])
  : await posixSpawn('/bin/sh', ['sh', '-c', script]);
child.exited.then(({ code }) => console.log(`end ${code}`));
