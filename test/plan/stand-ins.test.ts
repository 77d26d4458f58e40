import { expect } from 'chai';
import { noSettings } from '#lib/attributes/door-defaults.js';
import { parseDropInOptions } from '#lib/attributes/drop-in.js';
import { Settings } from '#lib/attributes/settings.js';
import type { StartRequest } from '#lib/child_process/node-internals/start-request.js';
import type { Slot } from '#lib/child_process/plan.js';
import { makePlan } from '#lib/child_process/plan.js';
import { spawnError } from '#lib/errors.js';
import { FileActions } from '#lib/file-actions.js';
import { planData } from '#lib/plan/data.js';
import { encode } from '#lib/plan/encode.js';
import { printPlan } from '#lib/plan/print.js';
import type { Plan } from '#lib/plan/vocabulary.js';
import { HIGHEST_FD } from '#lib/validate.js';

describe('numbers of new sockets in a plan of the drop-in', () => {
  const request: StartRequest = {
    file: '/x',
    args: ['x', 'y'],
    cwd: '/d',
    envPairs: ['A=b'],
    detached: false,
    uid: undefined,
    gid: undefined,
  };
  /** The same settings, but not those whose steps are cached. */
  const uncached = withoutKey(noSettings);
  const ignored: Slot = { fd: null, shared: false };
  const socket = (fd: number): Slot => ({ fd, shared: false });
  const shared = (fd: number): Slot => ({ fd, shared: true });
  const cached = (slots: readonly Slot[]): Plan => makePlan(request, slots, noSettings);

  const numbers = [3, 4, 5, 6, 7, 9, 11, 40, HIGHEST_FD - 1, HIGHEST_FD];
  type Shape = (a: number, b: number, c: number) => readonly Slot[];
  const shapes: readonly Shape[] = [
    (a, b, c) => [socket(a), socket(b), socket(c)],
    (a, b, c) => [socket(a), socket(b), socket(c), ignored],
    (a, _, c) => [socket(a), ignored, socket(c)],
    (a) => [ignored, ignored, ignored, socket(a)],
    (a) => [socket(a), shared(1), shared(2)],
    (a, b) => [shared(8), socket(a), socket(b)],
    (a, b) => [shared(2), shared(a), socket(b)],
  ];

  function* everyStart(among: readonly number[] = numbers): Generator<readonly Slot[]> {
    for (const a of among)
      for (const b of among)
        for (const c of among) {
          if (a === b || b === c || a === c) continue;
          for (const shape of shapes) yield shape(a, b, c);
        }
  }

  it('are where they are without the cache: in the bytes, the text and the data', () => {
    for (const slots of everyStart()) {
      const expected = makePlan(request, slots, uncached);
      const plan = cached(slots);
      const told = printPlan(expected);
      expect(printPlan(plan)).to.equal(told);
      expect(bytesOf(plan), told).to.deep.equal(bytesOf(expected));
      expect(planData({ plan })).to.deep.equal(planData({ plan: expected }));
    }
  });

  it('are where they are beside options and ids that name numbers', () => {
    const call = { synchronous: false, stdioSlots: 3, detached: true };
    const stand = 0x40000000;
    const others: readonly (readonly [options: object, ids: Partial<StartRequest>])[] = [
      [{ inheritFds: [8] }, {}],
      [{ inheritFds: [10, 39] }, {}],
      [{ execFd: 10 }, {}],
      [{ ctty: 5 }, {}],
      [{ cgroup: [8, 41] }, {}],
      [{ fileActions: new FileActions().addClosefrom(7) }, {}],
      [{ personality: stand }, {}],
      [{ personality: stand - 1 }, {}],
      [{ pgroup: stand + 16 }, {}],
      [{ groups: [stand] }, {}],
      [{}, { uid: stand }],
      [{}, { gid: stand + 16 }],
      [{ nice: 5 }, { uid: 5, gid: 8 }],
    ];
    for (const [options, ids] of others) {
      const settings = () => parseDropInOptions({ __proto__: null, ...options }, call);
      for (const slots of everyStart([4, 8, 9, 11, 40])) {
        const given = { ...request, ...ids };
        const expected = makePlan(given, slots, withoutKey(settings()));
        const plan = makePlan(given, slots, settings());
        expect(bytesOf(plan), printPlan(expected)).to.deep.equal(bytesOf(expected));
        expect(printPlan(plan)).to.equal(printPlan(expected));
      }
    }
  });

  it('are used beside options that name no number near them', () => {
    for (const options of [{ nice: 5 }, { inheritFds: [9] }, { cgroup: '/c' }, { uid: 7 }]) {
      const { uid, ...others } = { uid: undefined, ...options };
      const call = { synchronous: false, stdioSlots: 3, detached: false };
      const steps = (...fds: number[]) =>
        makePlan(
          { ...request, uid },
          fds.map(socket),
          parseDropInOptions({ __proto__: null, ...others }, call),
        ).steps;
      expect(steps(30, 41, 52), JSON.stringify(options)).to.equal(steps(17, 29, 1000));
    }
  });

  it('do not change the list of steps, only their order and whether they are neighbours does', () => {
    const steps = (...fds: number[]) => cached(fds.map(socket)).steps;
    expect(steps(30, 41, 52)).to.equal(steps(17, 29, 1000));
    expect(steps(30, 31, 52)).to.equal(steps(6, 7, 19));
    for (const others of [
      [31, 30, 52],
      [30, 52, 53],
      [30, 40, 52],
      [30, 31, 32],
    ])
      expect(steps(...others)).to.not.equal(steps(30, 31, 52));
  });

  it('are those that an error tells', () => {
    const slots = [socket(71), socket(73), socket(75)];
    const { steps } = makePlan(request, slots, uncached);
    const step = steps.findIndex(({ op }) => op === 'dup2') + 1;
    const failure = { kind: 'failed', error: 9, step, op: 1, exitCode: -1, signal: 0 } as const;
    const error = spawnError(failure, cached(slots), '/x');
    expect(error).to.include({ code: 'EBADF', step: 'dup2', fd: 73 });
    expect(error.message).to.contain(`dup2 73 to 1 (step ${step + 1} of ${steps.length})`);
  });
});

/** Its steps are made for this start alone. */
function withoutKey(settings: Settings): Settings {
  const own = settings === noSettings ? new Settings([], noSettings) : settings;
  own.key = null;
  return own;
}

function bytesOf(plan: Plan): Uint8Array {
  const { bytes, size } = encode(plan);
  return Uint8Array.from(bytes.subarray(0, size));
}
