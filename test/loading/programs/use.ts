// What a package manager has installed: each door once.
import { features, posixSpawn } from 'forkless';
import { spawnSync } from 'forkless/child_process';

const { code } = await (await posixSpawn('/bin/sh', ['sh', '-c', 'exit 3'])).exited;
const { stdout } = spawnSync('/bin/echo', ['text'], { encoding: 'utf8' });
console.log(JSON.stringify({ code, stdout, binary: features().binary }));
