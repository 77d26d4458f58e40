import { AsyncLocalStorage } from 'node:async_hooks';
import { cp } from './door.js';

const storage = new AsyncLocalStorage<string>();
const seen = new Map<string, string | undefined>();
const note = (what: string) => () => {
  seen.set(what, storage.getStore());
};
const child = storage.run('run', () => cp.spawn('/bin/sh', ['-c', 'cat; echo out; echo err >&2']));
for (const event of ['spawn', 'exit', 'close']) child.on(event, note(event));
for (const name of ['stdout', 'stderr'] as const)
  for (const event of ['data', 'end', 'close']) child[name].on(event, note(`${name} ${event}`));
child.stdin.end('in');
storage
  .run('missing', () => cp.spawn('/no/such'))
  .on('error', note('error'))
  .on('close', note('close after error'));
storage
  .run('aborted', () => cp.spawn('sleep', ['30'], { signal: AbortSignal.abort() }))
  .on('error', note('abort'))
  .on('exit', note('exit after abort'));
storage.run('timed', () => cp.spawn('sleep', ['30'], { timeout: 20 })).on('exit', note('timeout'));
storage.run('exec', () => cp.exec('echo a; exit 3', note('exec')));
storage.run('execFile', () => cp.execFile('/no/such', note('execFile')));
storage
  .run('fork', () => cp.fork('/dev/null', { stdio: 'ignore' }))
  .on('exit', note('fork'))
  .on('disconnect', note('disconnect'));
process.on('exit', () =>
  console.log(
    JSON.stringify(
      [...seen].sort(([a], [b]) => (a < b ? -1 : 1)),
      null,
      1,
    ),
  ),
);
