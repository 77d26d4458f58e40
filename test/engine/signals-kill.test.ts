import { readFileSync, readlinkSync } from 'node:fs';
import { expect } from 'chai';
import type { Process, Signal } from 'forkless';
import { getCloexec, posixSpawn, posixSpawnSync } from 'forkless';
import { probeArgv, probePath } from '../support/probe.js';
import { isGone, stateOf } from '../support/proc.js';
import { slowness } from '../support/slowness.js';
import { doors, endOf } from '../support/starts.js';
import { until } from '../support/until.js';

const signals: readonly (readonly [signal: Signal | undefined, name: string])[] = [
  [undefined, 'SIGTERM'],
  ['SIGTERM', 'SIGTERM'],
  ['SIGKILL', 'SIGKILL'],
  [9, 'SIGKILL'],
  ['SIGUSR1', 'SIGUSR1'],
  ['SIGABRT', 'SIGABRT'],
  ['SIGIOT', 'SIGABRT'],
  ['SIGPOLL', 'SIGIO'],
  ['SIGRTMIN', 'SIGRTMIN'],
  ['SIGRTMIN+3', 'SIGRTMIN+3'],
  ['SIGRTMAX-1', 'SIGRTMIN+29'],
  ['SIGRTMAX', 'SIGRTMIN+30'],
  [64, 'SIGRTMIN+30'],
];

describe('kill', () => {
  for (const [signal, name] of signals) {
    it(`ends a child by ${name} when asked for ${signal ?? 'nothing'}`, async () => {
      const child = await waitingChild();
      expect(child.kill(signal)).to.equal(true);
      expect(await child.exited).to.include({ code: null, signal: name });
      expect(child.kill(signal)).to.equal(false);
    });
  }

  it('with 0 only asks whether the child is there', async () => {
    const child = await waitingChild();
    expect(child.kill(0)).to.equal(true);
    expect(child.kill(0)).to.equal(true);
    child.kill('SIGUSR2');
    expect((await child.exited).signal).to.equal('SIGUSR2');
    expect(child.kill(0)).to.equal(false);
  });

  it('throws for what is no signal, and the child lives on', async () => {
    const child = await waitingChild();
    for (const signal of [
      'SIGNOPE',
      'sigterm',
      'SIGRTMIN+31',
      'SIGRTMIN-1',
      'SIGRTMAX+1',
      32,
      65,
      -1,
      1.5,
      NaN,
    ])
      expect(() => child.kill(signal as Signal), `${signal}`)
        .to.throw(TypeError)
        .with.property('code', 'ERR_UNKNOWN_SIGNAL');
    for (const signal of [null, {}, true, 9n])
      expect(() => child.kill(signal as unknown as Signal), String(signal))
        .to.throw(TypeError)
        .with.property('code', 'ERR_INVALID_ARG_TYPE');
    expect(() => child.kill('SIGEMT' as Signal))
      .to.throw()
      .with.property('code', 'ENOTSUP');
    expect(child.kill(0)).to.equal(true);
    child.kill('SIGKILL');
    await child.exited;
    // Also when there is nobody left to get it.
    expect(() => child.kill('SIGNOPE' as Signal)).to.throw(TypeError);
  });

  it('stops a child and lets it go on, which is no end', async () => {
    const child = await waitingChild();
    let ended = false;
    void child.exited.then(() => {
      ended = true;
    });
    child.kill('SIGSTOP');
    await until('the child is stopped', () => stateOf(child.pid) === 'T');
    expect(await endOf(() => posixSpawn(probePath, probeArgv('exit', 0)))).to.include({ code: 0 });
    expect(ended).to.equal(false);
    child.kill('SIGCONT');
    await until('the child goes on', () => stateOf(child.pid) === 'S');
    expect(ended).to.equal(false);
    child.kill();
    expect((await child.exited).signal).to.equal('SIGTERM');
  });

  it('is false for a child that has ended, before anybody was told', async () => {
    const child = posixSpawnSync(probePath, probeArgv('exit', 5));
    const deadline = performance.now() + 5000 * slowness;
    // The event loop stands still here, so the end cannot have been told.
    while (!isGone(child.pid)) if (performance.now() > deadline) throw new Error('the child lives on');
    expect(child.pidfd).to.be.at.least(0);
    expect(child.kill('SIGKILL')).to.equal(false);
    expect(child.kill(0)).to.equal(false);
    expect((await child.exited).code).to.equal(5);
  });

  it('is the first step of async disposal', async () => {
    let child: Process;
    {
      await using disposed = await waitingChild();
      child = disposed;
    }
    expect(isGone(child.pid)).to.equal(true);
    expect((await child.exited).signal).to.equal('SIGTERM');
  });
});

for (const [name, start] of doors) {
  describe(`the pidfd of a child of ${name}`, () => {
    it('is a close-on-exec descriptor for that process, and -1 once it has ended', async () => {
      const child = await start(probePath, probeArgv('block'));
      const { pidfd } = child;
      expect(readlinkSync(`/proc/self/fd/${pidfd}`)).to.include('pidfd');
      expect(readFileSync(`/proc/self/fdinfo/${pidfd}`, 'latin1')).to.match(
        new RegExp(`^Pid:\\s+${child.pid}$`, 'm'),
      );
      expect(getCloexec(pidfd)).to.equal(true);
      child.kill();
      await child.exited;
      expect(child.pidfd).to.equal(-1);
      expect(() => readlinkSync(`/proc/self/fd/${pidfd}`))
        .to.throw()
        .with.property('code', 'ENOENT');
    });
  });
}

async function waitingChild(): Promise<Process> {
  const child = await posixSpawn(probePath, probeArgv('block'));
  await until('the child waits', () => stateOf(child.pid) === 'S');
  return child;
}
