import { getEventListeners } from 'node:events';
import { expect } from 'chai';
import { features, posixSpawn } from 'forkless';
import { probeArgv, probePath } from '../support/probe.js';
import { childrenOf, openDescriptors, stateOf } from '../support/proc.js';
import { runProgram } from '../support/program.js';
import { release, stuckOn, untilStuck } from '../support/stuck.js';
import { makeFifo } from '../support/temp.js';
import { until } from '../support/until.js';

describe('an AbortSignal for posixSpawn', () => {
  it('that is aborted already rejects, and nothing is started', async () => {
    const reason = new Error('too late');
    const before = startsSoFar();
    const error = await rejection(start(AbortSignal.abort(reason)));
    expect(error).to.include({ name: 'AbortError', code: 'ABORT_ERR', cause: reason });
    expect(startsSoFar()).to.equal(before);
  });

  it('kills a start that is stuck, and has reaped it by the time of the rejection', async () => {
    const controller = new AbortController();
    const fifo = makeFifo();
    const before = [...openDescriptors()];
    // Looked at in the very callback of the rejection: nothing has had the time to be cleaned up since.
    const looked = start(controller.signal, fifo).then(
      () => expect.fail('it started'),
      (error: Error) => ({ error, children: childrenOf(), descriptors: [...openDescriptors()] }),
    );
    await untilStuck(1);
    const reason = { why: 'enough' };
    controller.abort(reason);
    const { error, children, descriptors } = await looked;
    expect(error)
      .to.be.instanceOf(Error)
      .and.include({ name: 'AbortError', code: 'ABORT_ERR', cause: reason });
    expect(children).to.deep.equal([]);
    expect(descriptors).to.deep.equal(before);
  });

  for (const rule of ['pidfd_send_signal=ENOSYS', 'pidfd_send_signal=EPERM'])
    it(`kills a start that is stuck where a filter says ${rule}`, async () => {
      const name = await runProgram(import.meta.url, 'abort', { scenario: 'underFilter', rules: rule });
      expect(name).to.equal('AbortError');
    });

  it('kills a start that is stopped', async () => {
    const controller = new AbortController();
    const started = rejection(start(controller.signal, makeFifo()));
    const [pid = 0] = await untilStuck(1);
    process.kill(pid, 'SIGSTOP');
    await until('it is stopped', () => stateOf(pid) === 'T');
    controller.abort();
    expect(await started).to.have.property('name', 'AbortError');
    expect(childrenOf()).to.deep.equal([]);
  });

  it('that was aborted before anything could be known always rejects by AbortError', async () => {
    const paths = ['/bin/true', '/no/such/program', probePath];
    for (let round = 0; round < 150; round++) {
      const controller = new AbortController();
      const { signal } = controller;
      const started = posixSpawn(paths[round % paths.length] ?? '', probeArgv('block'), { signal });
      controller.abort();
      expect(await rejection(started)).to.have.property('name', 'AbortError');
      expect(childrenOf(), `round ${round}`).to.deep.equal([]);
    }
  });

  it('rejects each start exactly once, however often and for how many it is aborted', async () => {
    const fifo = makeFifo();
    const result = await runProgram(import.meta.url, 'abort-many', { fifo });
    expect(result).to.deep.equal({ errors: Array(50).fill('AbortError'), unhandled: 0, left: 0 });
  });

  it('does nothing once exec has happened', async () => {
    const controller = new AbortController();
    const child = await posixSpawn(probePath, probeArgv('block'), { signal: controller.signal });
    controller.abort();
    expect(child.kill(0)).to.equal(true);
    child.kill('SIGUSR2');
    expect(await child.exited).to.include({ code: null, signal: 'SIGUSR2' });
  });

  it('of AbortSignal.timeout ends a stuck start, and its TimeoutError is the cause', async () => {
    const error = await rejection(start(AbortSignal.timeout(20), makeFifo()));
    expect(error).to.have.property('name', 'AbortError');
    expect(error).to.have.nested.property('cause.name', 'TimeoutError');
  });

  it('of AbortSignal.any works as any other', async () => {
    const controller = new AbortController();
    const started = rejection(
      start(AbortSignal.any([controller.signal, new AbortController().signal]), makeFifo()),
    );
    await untilStuck(1);
    controller.abort('all of them');
    expect(await started).to.include({ name: 'AbortError', cause: 'all of them' });
  });

  it('keeps no listener: not of starts that succeeded, failed or were aborted', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    for (let round = 0; round < 20; round++) {
      const child = await start(signal);
      expect(getEventListeners(signal, 'abort')).to.deep.equal([]);
      await child.exited;
      await rejection(posixSpawn('/no/such/program', ['x'], { signal }));
      expect(getEventListeners(signal, 'abort')).to.deep.equal([]);
    }
    const fifo = makeFifo();
    const released = start(signal, fifo);
    await untilStuck(1);
    expect(getEventListeners(signal, 'abort')).to.have.length(1);
    release(fifo);
    await (await released).exited;
    expect(getEventListeners(signal, 'abort')).to.deep.equal([]);
    const stuck = rejection(start(signal, fifo));
    await untilStuck(1);
    controller.abort();
    await stuck;
    expect(getEventListeners(signal, 'abort')).to.deep.equal([]);
  });

  it('keeps no listener of a start that was refused before there was a child', async () => {
    const listeners = await runProgram(import.meta.url, 'abort', { scenario: 'refused' });
    expect(listeners).to.deep.equal({ error: { code: 'EMFILE', step: 'pipe' }, listeners: 0 });
  });

  it('still ends a stuck start after others with the same signal have begun or failed', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const fifo = makeFifo();
    const stuck = [rejection(start(signal, fifo)), rejection(start(signal, fifo))];
    await untilStuck(2);
    await (await start(signal)).exited;
    await rejection(posixSpawn('/no/such/program', ['x'], { signal }));
    expect(getEventListeners(signal, 'abort')).to.have.length(1);
    controller.abort();
    for (const error of await Promise.all(stuck)) expect(error).to.have.property('name', 'AbortError');
    expect(childrenOf()).to.deep.equal([]);
  });

  it('ends no other start', async () => {
    const fifo = makeFifo();
    const controller = new AbortController();
    const aborted = rejection(start(controller.signal, fifo));
    const kept = start(new AbortController().signal, fifo);
    await untilStuck(2);
    controller.abort();
    expect(await aborted).to.have.property('name', 'AbortError');
    await untilStuck(1);
    release(fifo);
    expect(await (await kept).exited).to.include({ code: 0 });
  });
});

function start(signal: AbortSignal, fifo?: string): ReturnType<typeof posixSpawn> {
  return posixSpawn('/bin/true', ['true'], { ...(fifo !== undefined && stuckOn(fifo)), signal });
}

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.fail('it did not reject'),
    (error: unknown) => error,
  );
}

function startsSoFar(): number {
  return Object.values(features().rungs).reduce((sum, count) => sum + count);
}
