import { mkdirSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { expect } from 'chai';
import type { ExitStatus } from 'forkless';
import { posixSpawn } from 'forkless';
import { probeArgv, probePath } from '../support/probe.js';
import { stateOf } from '../support/proc.js';
import { doors, endOf } from '../support/starts.js';
import { tempPath } from '../support/temp.js';
import { until } from '../support/until.js';

/** Of two names for one number, those that Node reports. */
const CHOSEN: Readonly<Record<number, string>> = { 6: 'SIGABRT', 29: 'SIGIO' };
const STOPPING = [19, 20, 21, 22];
const WITHOUT_EFFECT = [17, 18, 23, 28];

function nameOf(number: number): string {
  const known = Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
  const realtime = number === 34 ? 'SIGRTMIN' : number > 34 ? `SIGRTMIN+${number - 34}` : `SIG${number}`;
  return CHOSEN[number] ?? known ?? realtime;
}

for (const [name, start] of doors) {
  describe(`the exit status of a child of ${name}`, () => {
    for (const code of [0, 1, 7, 126, 127, 128, 255]) {
      it(`has the code ${code}`, async () => {
        const status = await endOf(() => start(probePath, probeArgv('exit', code)));
        expect(status).to.include({ code, signal: null, coreDumped: false, reapedElsewhere: false });
      });
    }

    it('is there for whoever asks late, and more than once', async () => {
      const child = await start(probePath, probeArgv('exit', 9));
      const first = await child.exited;
      expect(first.code).to.equal(9);
      expect(await child.exited).to.equal(first);
    });
  });
}

describe('the exit status of a child', () => {
  it('has the name of each signal by which it can die', async () => {
    const all = Array.from({ length: 64 }, (_, index) => index + 1);
    const numbers = all.filter((number) => !STOPPING.includes(number));
    const ends = await Promise.all(
      numbers.map((number) =>
        endOf(() => posixSpawn(probePath, probeArgv('kill', number), { sigdefault: 'all' })),
      ),
    );
    const deadly = (number: number) => !WITHOUT_EFFECT.includes(number);
    expect(ends.map(({ code, signal }) => [code, signal])).to.deep.equal(
      numbers.map((number) => (deadly(number) ? [null, nameOf(number)] : [0, null])),
    );
  });

  it('says whether a core was dumped', async () => {
    const cwd = tempPath('cores');
    mkdirSync(cwd);
    // A shell sets the limit, for its own process only, and then becomes the probe.
    const dumping = (limit: string) =>
      posixSpawn(
        '/bin/sh',
        ['sh', '-c', `ulimit -c ${limit} && exec "$0" "$@"`, probePath, ...probeArgv('kill', 6).slice(1)],
        { cwd },
      );
    expect(await endOf(() => dumping('0'))).to.include({ signal: 'SIGABRT', coreDumped: false });
    expect(await endOf(() => dumping('unlimited'))).to.include({ signal: 'SIGABRT', coreDumped: true });
    rmSync(cwd, { recursive: true });
  });
});

describe('the resource usage of a child', () => {
  const spend = async (...what: readonly number[]) =>
    usageOf(await endOf(() => posixSpawn(probePath, probeArgv('spend', ...what))));

  it("has the keys of Node's own, and whole numbers", async () => {
    const usage = await spend(0, 0);
    expect(Object.keys(usage)).to.deep.equal(Object.keys(process.resourceUsage()));
    for (const [key, value] of Object.entries(usage))
      if (value !== null)
        expect(value, key).to.satisfy((number: number) => Number.isSafeInteger(number) && number >= 0);
  });

  it('has its processor time, in microseconds', async () => {
    const { userCPUTime, systemCPUTime } = await spend(0, 300);
    expect(userCPUTime + systemCPUTime).to.be.within(290_000, 600_000);
    const idle = await spend(0, 0);
    expect(idle.userCPUTime + idle.systemCPUTime).to.be.lessThan(100_000);
  });

  it('has its largest memory in kilobytes where that exceeds ours, and null where ours hides it', async () => {
    const own = Math.ceil(process.resourceUsage().maxRSS / 1024);
    const { maxRSS, minorPageFault } = await spend(own + 300, 0);
    expect(maxRSS).to.be.within((own + 300) * 1024, (own + 350) * 1024);
    expect(minorPageFault).to.be.greaterThan(0);
    expect((await spend(0, 0)).maxRSS).to.equal(null);
  });

  it('counts the moments in which it waited', async () => {
    const child = await posixSpawn(probePath, probeArgv('block'));
    await until('the child waits', () => stateOf(child.pid) === 'S');
    child.kill();
    expect(usageOf(await child.exited).voluntaryContextSwitches).to.be.at.least(1);
  });

  function usageOf(status: ExitStatus): NonNullable<ExitStatus['resourceUsage']> {
    if (status.resourceUsage === null) throw new Error('no resource usage');
    return status.resourceUsage;
  }
});
