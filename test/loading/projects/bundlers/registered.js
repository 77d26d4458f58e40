import 'forkless/register';
import { execFileSync } from 'node:child_process';
import { features } from 'forkless';

const text = execFileSync('/bin/echo', ['text'], { encoding: 'utf8' });
const starts = Object.values(features().rungs).reduce((sum, count) => sum + count, 0);
const { backend, reason } = features().childProcess;
console.log(JSON.stringify({ text, starts, backend, reason }));
