// Copied into a root with nothing but Node and the package: it imports nothing else.
import { features, posixSpawn } from 'forkless';
import { execFile, spawn, spawnSync } from 'forkless/child_process';

const child = await posixSpawn(process.execPath, ['node', '--eval', 'process.exit(3)']);
const { code } = await child.exited;
const { stdout } = spawnSync(process.execPath, ['--print', '6 * 7'], { encoding: 'utf8' });
let stream = '';
for await (const data of spawn(process.execPath, ['--print', '"a stream"']).stdout) stream += data;
const missing = await new Promise((resolve) =>
  execFile('/bin/sh', (error) => resolve((error?.cause as Error | undefined)?.message)),
);
const { binary, rung } = features();
console.log(JSON.stringify({ posix: code, sync: stdout, stream, missing, binary, rung }));
