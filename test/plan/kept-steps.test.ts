import { expect } from 'chai';
import type { PosixSpawnOptions } from 'forkless';
import { explain, posixSpawnSync } from 'forkless';
import { KeptSteps } from '#lib/plan/kept-steps.js';
import type { Step } from '#lib/plan/vocabulary.js';
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
