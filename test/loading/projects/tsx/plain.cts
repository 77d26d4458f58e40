import { spawnSync } from 'node:child_process';
import cp, { execFileSync } from 'child_process';
import { features } from 'forkless';

const text: string = execFileSync('/bin/echo', ['text'], { encoding: 'utf8' });
const { status } = spawnSync('/bin/sh', ['-c', 'exit 3']);
cp.exec('exit 4').once('exit', (code) => {
  const starts = Object.values(features().rungs).reduce((sum, count) => sum + count, 0);
  console.log(JSON.stringify({ text, status, code, starts }));
});
