import { expect } from 'chai';
import type { PosixSpawnOptions, Signal } from 'forkless';
import { posixSpawn } from 'forkless';
import { signalRun } from '../support/launchers.js';
import { meddle } from '../support/meddle.js';
import type { ProbeReport } from '../support/probe.js';
import { askProbe, probeArgv, probePath, signalsIn } from '../support/probe.js';
import { statusField } from '../support/proc.js';
import { programUrl, runProgram } from '../support/program.js';
import { runWorker } from '../support/run-worker.js';
import { doors } from '../support/starts.js';

const SIGPIPE = 13;
const SIGXFSZ = 25;
/** libc's own two: never blocked and never ignored in a program that we start. */
const LIBC = [32, 33];

/** Without SIGCHLD, and with 32 and 33. */
const BLOCKED = [3, 10, 12, 32, 33, 36, 64];

function maskOf(signals: readonly number[]): string {
  const mask = signals.reduce((bits, signal) => bits | (1n << BigInt(signal - 1)), 0n);
  return mask.toString(16).padStart(16, '0');
}

function without(signals: readonly number[], ...others: readonly number[]): number[] {
  return signals.filter((signal) => !others.includes(signal));
}

/** With another mask on this thread for as long as `use` lasts. */
async function withMask<T>(signals: readonly number[], use: () => Promise<T>): Promise<T> {
  const before = meddle.setMask(maskOf(signals));
  try {
    return await use();
  } finally {
    meddle.setMask(before);
  }
}

/** What `list` means as numbers. */
const spelled: readonly (readonly [list: readonly Signal[], numbers: readonly number[]])[] = [
  [[], []],
  [['SIGINT'], [2]],
  [
    ['SIGUSR1', 'SIGTERM', 'SIGUSR1', 12],
    [10, 12, 15],
  ],
  [
    ['SIGRTMIN', 'SIGRTMIN+3', 'SIGRTMAX-1', 'SIGRTMAX', 40],
    [34, 37, 40, 63, 64],
  ],
  [
    ['SIGIOT', 'SIGPOLL'],
    [6, 29],
  ],
];

for (const [name, start] of doors) {
  describe(`signals of a child of ${name}`, () => {
    const ask = (options?: PosixSpawnOptions): Promise<ProbeReport> => askProbe(options, start);

    it('have no handler', async () => {
      const { sigCgt, sigPnd, shdPnd } = await ask();
      expect([sigCgt, sigPnd, shdPnd].flatMap(signalsIn)).to.deep.equal([]);
    });

    it('are ignored as they are in this process: SIGPIPE and SIGXFSZ, by Node', async () => {
      const { sigIgn } = await ask();
      expect(signalsIn(sigIgn)).to.deep.equal(signalsIn(statusField('SigIgn')));
      expect(signalsIn(sigIgn)).to.include.members([SIGPIPE, SIGXFSZ]);
    });

    it('are back to default where sigdefault names them', async () => {
      const ignored = signalsIn(statusField('SigIgn'));
      const { sigIgn } = await ask({ sigdefault: ['SIGPIPE', 'SIGTERM', 'SIGKILL', 'SIGRTMAX'] });
      expect(signalsIn(sigIgn)).to.deep.equal(without(ignored, SIGPIPE));
    });

    it("are all back to default with sigdefault: 'all'", async () => {
      expect(signalsIn((await ask({ sigdefault: 'all' })).sigIgn)).to.deep.equal([]);
    });

    for (const [list, numbers] of spelled) {
      it(`are ignored where sigignore names them: [${list.join(', ')}]`, async () => {
        const ignored = signalsIn(statusField('SigIgn'));
        const more = await ask({ sigignore: list });
        const expected = [...new Set([...ignored, ...numbers])].sort((a, b) => a - b);
        expect(signalsIn(more.sigIgn)).to.deep.equal(expected);
        const exactly = await ask({ sigignore: list, sigdefault: 'all' });
        expect(signalsIn(exactly.sigIgn)).to.deep.equal(numbers);
      });

      it(`are blocked exactly where sigmask names them: [${list.join(', ')}]`, async () => {
        const { sigBlk } = await withMask(BLOCKED, () => ask({ sigmask: list }));
        expect(signalsIn(sigBlk)).to.deep.equal(numbers);
      });
    }

    it('are blocked as on the calling thread, but for 32 and 33', async () => {
      expect(signalsIn((await ask()).sigBlk)).to.deep.equal(signalsIn(meddle.getMask()));
      const { sigBlk } = await withMask(BLOCKED, () => ask());
      expect(signalsIn(sigBlk)).to.deep.equal(without(BLOCKED, ...LIBC));
    });

    it('are blocked as at the moment of the call, not later', async () => {
      const report = await withMask([10], () => {
        const asked = ask({ cwd: '/' });
        meddle.setMask(maskOf([12]));
        return asked;
      });
      expect(signalsIn(report.sigBlk)).to.deep.equal([10]);
    });

    it('can all be blocked, but for the two that cannot and the two of libc', async () => {
      const all = Array.from({ length: 64 }, (_, index) => index + 1);
      const { sigBlk } = await withMask(all, () => ask());
      expect(signalsIn(sigBlk)).to.deep.equal(without(all, 9, 19, ...LIBC));
    });
  });
}

describe('signals of a child', () => {
  it('are those of the Worker that starts it, not those of the main thread', async () => {
    interface Answer {
      before: string;
      reports: ProbeReport[];
      after: string;
    }
    const [answer, ours] = await withMask([14], async () => {
      const program = programUrl(import.meta.url, 'signals-worker');
      return [await runWorker<Answer>(program, maskOf(BLOCKED)), await askProbe()] as const;
    });
    expect(signalsIn(ours.sigBlk)).to.deep.equal([14]);
    // Where libuv blocks signals meanwhile it puts the mask back by libc, which leaves out the two of its own.
    expect(without(signalsIn(answer.after), ...LIBC)).to.deep.equal(without(BLOCKED, ...LIBC));
    expect(answer.reports.map((report) => signalsIn(report.sigBlk))).to.deep.equal([
      without(BLOCKED, ...LIBC),
      without(BLOCKED, ...LIBC),
      [1],
    ]);
    for (const report of answer.reports) {
      expect(signalsIn(report.sigIgn)).to.deep.equal(signalsIn(statusField('SigIgn')));
      expect(signalsIn(report.sigCgt)).to.deep.equal([]);
    }
  });

  for (const rung of [1, 2, 3, 4]) {
    it(`never have 32 and 33 ignored or blocked, though the parent has, on rung ${rung}`, async () => {
      interface Answer {
        own: { ignored: string; blocked: string };
        reports: ProbeReport[];
        rungs: Record<string, number>;
      }
      const { own, reports, rungs } = await runProgram<Answer>(
        import.meta.url,
        'signals-libc',
        { mask: maskOf([10, ...LIBC]) },
        { launcher: signalRun(32, 33, 35), env: { FORKLESS_RUNG: String(rung) } },
      );
      // Node puts 1 to 31 back when it starts, and glibc has a handler for 33.
      expect(signalsIn(own.ignored)).to.include.members([SIGPIPE, 32, 35]);
      expect(signalsIn(own.blocked)).to.deep.equal([10, 32, 33]);
      expect(rungs[rung]).to.equal(reports.length);
      expect(reports.map((report) => signalsIn(report.sigBlk))).to.deep.equal(
        twice([[10], [10], [10], [10], [], [12], [10]]),
      );
      const kept = without(signalsIn(own.ignored), ...LIBC);
      expect(reports.map((report) => signalsIn(report.sigIgn))).to.deep.equal(
        twice([kept, [], without(kept, SIGPIPE), [10, ...kept], kept, [10], kept]),
      );
      expect(reports.flatMap((report) => signalsIn(report.sigCgt))).to.deep.equal([]);
    });
  }

  const wrong: readonly (readonly [options: object, code: string])[] = [
    [{ sigmask: ['SIGNOPE'] }, 'ERR_UNKNOWN_SIGNAL'],
    [{ sigmask: [32] }, 'ERR_UNKNOWN_SIGNAL'],
    [{ sigmask: ['SIGKILL'] }, 'ERR_INVALID_ARG_VALUE'],
    [{ sigignore: ['SIGRTMIN+31'] }, 'ERR_UNKNOWN_SIGNAL'],
    [{ sigignore: ['SIGSTOP'] }, 'ERR_INVALID_ARG_VALUE'],
    [{ sigdefault: ['sigterm'] }, 'ERR_UNKNOWN_SIGNAL'],
    [{ sigdefault: 'none' }, 'ERR_INVALID_ARG_TYPE'],
    [{ sigdefault: ['SIGHUP'], sigignore: ['SIGHUP'] }, 'ERR_INVALID_ARG_VALUE'],
    [{ sigdefault: ['SIGEMT'] }, 'ENOTSUP'],
  ];
  for (const [options, code] of wrong) {
    it(`are refused with ${code} before anything happens: ${JSON.stringify(options)}`, async () => {
      const error: unknown = await posixSpawn('/no/such/program', ['x'], options).then(
        () => undefined,
        (reason) => reason,
      );
      expect(error).to.be.an('error').with.property('code', code);
      expect(error instanceof TypeError).to.equal(code !== 'ENOTSUP');
    });
  }

  it('are default for a SIGPIPE that a shell would die of, once sigdefault names it', async () => {
    const child = await posixSpawn(probePath, probeArgv('kill', SIGPIPE), { sigdefault: ['SIGPIPE'] });
    expect(await child.exited).to.include({ code: null, signal: 'SIGPIPE' });
    const deaf = await posixSpawn(probePath, probeArgv('kill', SIGPIPE));
    expect(await deaf.exited).to.include({ code: 0, signal: null });
  });
});

function twice<T>(list: readonly T[]): T[] {
  return [...list, ...list];
}
