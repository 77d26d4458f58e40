// What must not compile: a line below `@ts-expect-error` that compiles is an error. Never run.
import {
  explainSpawn,
  FileActions,
  openPipe,
  type Process,
  posixSpawn,
  posixSpawnSync,
  type SpawnError,
} from 'forkless';

export function refuseStarts(): void {
  // @ts-expect-error argv is not optional: argv[0] is the caller's to choose
  posixSpawnSync('/bin/true');
  // @ts-expect-error argv is a list
  posixSpawnSync('/bin/true', 'true');
  // @ts-expect-error argv holds no numbers
  posixSpawnSync('/bin/true', [1]);
  // @ts-expect-error a URL is no path
  posixSpawnSync(new URL('file:///bin/true'), ['true']);
  // @ts-expect-error a start is a Promise
  const process: Process = posixSpawn('/bin/true', ['true']);
  console.log(process);
}

export function refuseOptions(fileActions: FileActions, controller: AbortController): void {
  const refuse = (options: Parameters<typeof posixSpawn>[2]): void => console.log(options);
  // @ts-expect-error no such option
  refuse({ stdio: 'inherit' });
  // @ts-expect-error of child_process, not of POSIX
  refuse({ detached: true });
  // @ts-expect-error an environment holds text
  refuse({ env: { A: 1 } });
  // @ts-expect-error a slot is a number or null
  refuse({ fds: [0, 'pipe'] });
  // @ts-expect-error not a list
  refuse({ fds: 1 });
  // @ts-expect-error not the list, but what was built of it
  refuse({ fileActions: [fileActions] });
  // @ts-expect-error the signal, not its controller
  refuse({ signal: controller });
  // @ts-expect-error all is for sigdefault
  refuse({ sigmask: 'all' });
  // @ts-expect-error no such signal
  refuse({ sigmask: ['SIGNONE'] });
  // @ts-expect-error no such policy
  refuse({ schedPolicy: 'SCHED_FAST' });
  // @ts-expect-error a number, as in umask(2)
  refuse({ umask: '022' });
  // @ts-expect-error true or false
  refuse({ setsid: 1 });
  // @ts-expect-error the number of a terminal, not whether
  refuse({ setsid: true, ctty: true });
  // @ts-expect-error a descriptor, not a file
  refuse({ execFd: '/bin/ls' });
  // @ts-expect-error of the drop-in alone
  refuse({ inheritFds: [7] });
  // @ts-expect-error a number
  explainSpawn('ls', [], { umask: '022' });
  // @ts-expect-error of the POSIX level alone
  explainSpawn('ls', [], { fds: [0, 1, 2] });
}

export function refuseActions(actions: FileActions): void {
  // @ts-expect-error flags are not optional
  actions.addOpen(1, '/dev/null');
  // @ts-expect-error no such flags
  actions.addOpen(1, '/dev/null', 'rw');
  // @ts-expect-error a number
  actions.addClose('1');
  // @ts-expect-error both numbers
  actions.addDup2(1);
  // @ts-expect-error a path
  actions.addChdir(3);
  // @ts-expect-error made by new
  FileActions();
}

export function refuseChanges(process: Process, error: SpawnError): void {
  // @ts-expect-error read only
  process.pid = 1;
  // @ts-expect-error read only
  process.pidfd = 1;
  // @ts-expect-error read only
  process.exited = Promise.reject();
  // @ts-expect-error no such signal
  process.kill('SIGNONE');
  // @ts-expect-error read only
  error.step = 'open';
  // @ts-expect-error no such step
  if (error.step === 'fork') console.log(error);
  // @ts-expect-error there are two ends
  const [, , third] = openPipe();
  console.log(third);
}

export async function refuseDisposal(): Promise<void> {
  // @ts-expect-error its end is waited for: `await using`
  using process = await posixSpawn('/bin/true', ['true']);
  console.log(process);
}
