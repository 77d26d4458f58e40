import { expect } from 'chai';
import type { PosixSpawnOptions } from 'forkless';
import { explain, posixSpawnSync } from 'forkless';
import { noSettings } from '#lib/attributes/parse.js';
import type { StartRequest } from '#lib/child_process/node-internals/start-request.js';
import type { Slot } from '#lib/child_process/plan.js';
import { makePlan } from '#lib/child_process/plan.js';
import { KeptSteps } from '#lib/plan/kept-steps.js';
import { printPlan } from '#lib/plan/print.js';
import type { Step } from '#lib/plan/vocabulary.js';
import { explainSearched } from '#lib/posix/posix-spawn.js';
import { askProbe } from '../support/probe.js';

describe('lists of steps that are kept', () => {
  const list = (path: string): Step[] => [{ op: 'execve', path }];

  it('are made once for each key, and frozen', () => {
    const kept = new KeptSteps();
    const first = kept.get('one', () => list('/a'));
    expect(kept.get('one', () => list('/b'))).to.equal(first);
    expect(kept.get('two', () => list('/b'))).to.deep.equal(list('/b'));
    expect(first).to.deep.equal(list('/a')).and.to.satisfy(Object.isFrozen);
  });

  it('are not kept without bound, neither their number nor their keys', () => {
    const kept = new KeptSteps();
    const first = kept.get('0', () => list('/0'));
    for (let n = 1; n <= 64; n++) kept.get(`${n}`, () => list(`/${n}`));
    expect(kept.get('0', () => list('/new'))).to.not.equal(first);
    const key = 'x'.repeat(10_000);
    const long = kept.get(key, () => list('/long'));
    expect(kept.get(key, () => list('/long'))).to.not.equal(long);
  });
});

describe('starts that are alike but for one thing', () => {
  const requests: readonly (readonly [path: string, options: PosixSpawnOptions])[] = [
    ['/a', {}],
    ['/a', { cloexecDefault: true }],
    ['/a', { fds: [null] }],
    ['/a', { fds: [null, null] }],
    ['/a', { fds: [0, null] }],
    ['/a', { fds: [0] }],
    ['/a', { fds: [10] }],
    ['/a', { fds: [1, 0] }],
    ['/a', { fds: [null, 1, 0] }],
    ['/a', { fds: [1], cloexecDefault: true }],
    ['/a', { cwd: '' }],
    ['/a', { cwd: '/b' }],
    ['/b', { cwd: '/a' }],
    ['/b', {}],
    ['', {}],
    ['', { cwd: '' }],
    ['cwd /a', {}],
    ['/a', { setsid: true }],
    ['/a', { cloexecDefault: true, umask: 0 }],
  ];

  it('get plans of their own, however often and in which order', () => {
    const plan = ([path, options]: (typeof requests)[number]) => explain(path, ['x'], options);
    const first = requests.map(plan);
    expect(new Set(first)).to.have.length(requests.length);
    expect(requests.toReversed().map(plan).reverse()).to.deep.equal(first);
  });

  it('are told apart where one enters a directory that has the name of a candidate of the other', () => {
    const before = process.env['PATH'];
    process.env['PATH'] = '/one:/two';
    try {
      for (let round = 0; round < 2; round++) {
        expect(explain('/two/tool', ['x'], { cwd: '/one/tool' })).to.include('chdir "/one/tool"');
        expect(explainSearched('tool', ['x']))
          .to.include('execve "/one/tool"')
          .and.to.include('execve "/two/tool"');
        expect(explainSearched('tool', ['x'], { cwd: '/zero' }))
          .to.include('chdir "/zero"')
          .and.to.include('execve "/one/tool"');
      }
    } finally {
      process.env['PATH'] = before;
    }
  });

  it('do what they were asked for, and fail by their own steps', async () => {
    for (let round = 0; round < 3; round++) {
      expect(await numbers({ cloexecDefault: true })).to.equal('');
      expect(await numbers({ cloexecDefault: true, fds: [1, 1, 1, 1] })).to.equal('0,1,2,3');
      expect(await numbers({ cloexecDefault: true, fds: [null, 1, null, 1] })).to.equal('1,3');
      for (const [slot, fds] of [
        [0, [900, 1]],
        [1, [1, 900]],
      ] as const)
        expect(() => posixSpawnSync('/bin/true', ['true'], { fds })).to.throw(
          `EBADF: bad file descriptor, dup2 900 to ${slot}`,
        );
    }
  });

  async function numbers(options: PosixSpawnOptions): Promise<string> {
    return (await askProbe(options)).fds.map(({ fd }) => fd).join();
  }
});

describe('starts of the drop-in that are alike but for one thing', () => {
  const request: StartRequest = {
    file: '/a',
    args: ['x'],
    cwd: undefined,
    envPairs: ['PATH=/one'],
    detached: false,
    uid: undefined,
    gid: undefined,
  };
  const pipe = (fd: number): Slot => ({ fd, shared: false });
  const shared = (fd: number): Slot => ({ fd, shared: true });
  const none: Slot = { fd: null, shared: false };
  const starts: readonly (readonly [Partial<StartRequest>, ...Slot[]])[] = [
    [{}, none, none, none],
    [{}, pipe(20), none, none],
    [{}, shared(20), none, none],
    [{}, shared(2), none, none],
    [{}, pipe(20), pipe(21), none],
    [{}, pipe(20), pipe(2), pipe(1)],
    [{}, none, none, none, none],
    [{}, none, none, none, pipe(20)],
    [{ detached: true }, none, none, none],
    [{ cwd: '/a' }, none, none, none],
    [{ cwd: 'd' }, none, none, none],
    [{ cwd: 'd', detached: true }, none, none, none],
    [{ file: '/b' }, none, none, none],
    [{ file: 'a' }, none, none, none],
    [{ file: 'a', envPairs: ['PATH=/two'] }, none, none, none],
    [{ file: 'a', envPairs: ['PATH=/two'], cwd: '/one' }, none, none, none],
    [{ file: 'a', envPairs: ['PATH=/one:/two'] }, none, none, none],
    [{ file: 'a', envPairs: ['PATH='] }, none, none, none],
    [{ uid: 1 }, none, none, none],
    [{ gid: 1 }, none, none, none],
  ];

  it('get plans of their own, however often and in which order', () => {
    const plan = ([more, ...slots]: (typeof starts)[number]) =>
      printPlan(makePlan({ ...request, ...more }, slots, noSettings));
    const first = starts.map(plan);
    expect(new Set(first)).to.have.length(starts.length);
    expect(starts.toReversed().map(plan).reverse()).to.deep.equal(first);
  });
});
