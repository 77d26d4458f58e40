// For pdeathsig.test.ts: in a Worker whose thread is not as the others. What a plain child and one of the main thread
// have of it.
import { spawnSync } from 'node:child_process';
import { readlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { posixSpawn } from 'forkless';
import { execFileSync } from 'forkless/child_process';
import { say } from '../../support/in-program.js';
import { meddle } from '../../support/meddle.js';

const NEW_UTS = 0x04000000;
const FS = 0x200;

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url));
  worker.once('message', say);
} else {
  // the engine's own thread could not be made any more
  await (await posixSpawn('/bin/true', ['true'])).exited;
  changeThisThread();
  const plain = ask({});
  const withSignal = ask({ pdeathsig: 'SIGTERM' });
  let refused = 'not refused';
  try {
    meddle.unshare(0x20000000);
    await posixSpawn('/bin/true', ['true'], { dieWithParent: true });
  } catch (error) {
    refused = `${Reflect.get(error as Error, 'code')} ${Reflect.get(error as Error, 'step')}`;
  }
  parentPort?.postMessage({ plain, withSignal, refused });
}

function changeThisThread(): void {
  const thread = readlinkSync('/proc/thread-self').split('/').at(-1) as string;
  os.setPriority(Number(thread), 7);
  writeFileSync(`/proc/${thread}/timerslack_ns`, '123456');
  for (const command of [
    ['taskset', '-p', '1', thread],
    ['chrt', '-b', '-p', '0', thread],
    ['ionice', '-c', '2', '-n', '6', '-p', thread],
  ])
    spawnSync(command[0] as string, command.slice(1));
  meddle.setMask('0000000000001000');
  meddle.unshare(NEW_UTS);
  meddle.unshare(FS);
  meddle.installSeccomp('setpgid:77777=EPERM', false);
}

function ask(options: object): string[] {
  const script = [
    'cat /proc/$$/status /proc/$$/timerslack_ns /proc/$$/cgroup /proc/$$/sched',
    'readlink /proc/$$/ns/*; chrt -p $$; ionice -p $$; taskset -p $$; nice; ulimit -a; umask; pwd',
  ].join(';');
  const text = execFileSync('/bin/sh', ['-c', `(${script}) 2>&1`], {
    encoding: 'utf8',
    sigmask: ['SIGSYS'],
    ...options,
  }) as string;
  // no pids, memory and times
  return text
    .split('\n')
    .map((line) => line.replace(/pid \d+/, 'pid'))
    .filter(
      (line) =>
        !/^(Pid|Tgid|Ngid|NS\w+|Vm|Rss|Hugetlb|\w*ctxt|FDSize|SigQ|State|sh )|^(se|sum|nr|avg|sched|dl|clock|mm|numa|current_node|core|uclamp|wait|exec|slice|vruntime|deadline|load|ext)|^-+$/.test(
          line,
        ),
    );
}
