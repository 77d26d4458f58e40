// A CommonJS module that is written with `import`. matrix.test.ts compiles it in each mode that takes such a one, and
// runs what the compiler has made of it.

import * as node from 'node:child_process';
import * as forkless from 'forkless';
import { type Features, features, SpawnError } from 'forkless';
import * as cgroups from 'forkless/cgroup';
import { type CgroupSupport, cgroupSupport } from 'forkless/cgroup';
import * as all from 'forkless/child_process';
import { type MoreOfChild, type SpawnOptions, spawn, spawnSync } from 'forkless/child_process';
import 'forkless/register';
import * as services from 'forkless/service';
import { posixOptions, type Service, spawnOptions } from 'forkless/service';

const options: SpawnOptions & all.MoreOptions = { stdio: 'ignore', umask: 0o27 };
const child: all.ChildProcess & MoreOfChild = spawn('true', options);
const service: Service = { group: 0 };
const text: string = spawnSync('echo', ['hello'], { ...spawnOptions({ umask: 0 }), encoding: 'utf8' }).stdout;
const support: CgroupSupport = cgroupSupport();
const { kernel }: Features = features();
console.log(
  child instanceof all.ChildProcess,
  new SpawnError('', {} as never) instanceof forkless.SpawnError,
  all.spawn === spawn,
  all.execFileSync === node.execFileSync,
  kernel === forkless.features().kernel &&
    posixOptions(service).gid === services.posixOptions(service).gid &&
    support.version === cgroups.cgroupSupport().version,
  text.trim(),
);
