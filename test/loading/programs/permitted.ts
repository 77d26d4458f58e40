// Under Deno with few permissions: imports everything, and tells what a start comes to.
import { features, posixSpawn } from 'forkless';
import { spawn } from 'forkless/child_process';
import 'forkless/register';

const { backend, reason, childProcess } = features();
const outcome = await posixSpawn('/bin/sh', ['sh', '-c', 'exit 3'])
  .then((child) => child.exited)
  .then(
    ({ code }) => code,
    (error: Error) => `${error.name}: ${error.message}`,
  );
console.log(JSON.stringify({ backend, reason, childProcess, spawn: typeof spawn, outcome }));
