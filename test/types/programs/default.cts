// A CommonJS module with default imports: as named.cts, where `esModuleInterop` is on.

import node from 'node:child_process';
import forkless from 'forkless';
import cgroups from 'forkless/cgroup';
import childProcess, { type SpawnOptions, spawn } from 'forkless/child_process';
import 'forkless/register';
import services from 'forkless/service';

const options: SpawnOptions & childProcess.MoreOptions = { stdio: 'ignore', umask: 0o27 };
const child: childProcess.ChildProcess & childProcess.MoreOfChild = childProcess.spawn('true', options);
const text: string = childProcess.spawnSync('echo', ['hello'], { encoding: 'utf8', umask: 0 }).stdout;
const service: services.Service = { group: 0 };
const support: cgroups.CgroupSupport = cgroups.cgroupSupport();
const { kernel }: forkless.Features = forkless.features();
console.log(
  child instanceof childProcess.ChildProcess,
  new forkless.SpawnError('', {} as never) instanceof forkless.SpawnError,
  childProcess.spawn === spawn,
  childProcess.execFileSync === node.execFileSync,
  kernel === forkless.features().kernel &&
    services.posixOptions(service).gid === 0 &&
    support.version === cgroups.cgroupSupport().version,
  text.trim(),
);
