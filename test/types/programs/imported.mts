// An ES module. matrix.test.ts compiles it in each mode, and runs what the compiler has made of it.
import { execFileSync } from 'node:child_process';
import forkless, { type Features, features, SpawnError } from 'forkless';
import cgroups, { type CgroupLimits, type CgroupSupport, cgroupSupport } from 'forkless/cgroup';
import * as all from 'forkless/child_process';
import childProcess, { type MoreOfChild, type SpawnOptions, spawn, spawnSync } from 'forkless/child_process';
import 'forkless/register';
import services, { posixOptions, type Service, spawnOptions } from 'forkless/service';

const options: SpawnOptions & all.MoreOptions = { stdio: 'ignore', umask: 0o27 };
const child: all.ChildProcess & MoreOfChild = spawn('true', options);
const service: Service = { group: 0 };
const quiet: SpawnOptions = spawnOptions({ umask: 0 });
const text: string = spawnSync('echo', ['hello'], { ...quiet, encoding: 'utf8' }).stdout;
const support: CgroupSupport = cgroupSupport();
const limits: CgroupLimits = { pids: Number.POSITIVE_INFINITY };
const { kernel }: Features = features();
console.log(
  child instanceof all.ChildProcess,
  new SpawnError('', {} as never) instanceof forkless.SpawnError,
  childProcess.spawn === all.spawn && all.spawn === spawn,
  childProcess.execFileSync === execFileSync,
  kernel === forkless.features().kernel &&
    posixOptions(service).gid === services.posixOptions(service).gid &&
    support.version === cgroups.cgroupSupport().version &&
    limits.pids !== 1,
  text.trim(),
);
