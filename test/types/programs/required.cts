// A CommonJS module, by require. matrix.test.ts compiles it in each mode, and runs what the compiler has made of it.
import childProcess = require('forkless/child_process');
import forkless = require('forkless');
import cgroups = require('forkless/cgroup');
import node = require('node:child_process');
import register = require('forkless/register');
import services = require('forkless/service');

const options: childProcess.SpawnOptions & childProcess.MoreOptions = { stdio: 'ignore', umask: 0o27 };
const child: childProcess.ChildProcess & childProcess.MoreOfChild = childProcess.spawn('true', options);
const text: string = childProcess.spawnSync('echo', ['hello'], { encoding: 'utf8', umask: 0 }).stdout;
const service: services.Service = { group: 0 };
const support: cgroups.CgroupSupport = cgroups.cgroupSupport();
const { kernel }: forkless.Features = forkless.features();
const { spawn } = childProcess;
childProcess.spawn = childProcess.spawn.bind(undefined) as typeof spawn;
console.log(
  child instanceof childProcess.ChildProcess,
  new forkless.SpawnError('', {} as never) instanceof forkless.SpawnError,
  childProcess.spawn !== spawn,
  childProcess.execFileSync === node.execFileSync,
  kernel === forkless.features().kernel &&
    Object.keys(register).length === 0 &&
    services.posixOptions(service).gid === 0 &&
    support.version === cgroups.cgroupSupport().version,
  text.trim(),
);
