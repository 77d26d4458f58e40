// For flat-rule.test.ts: starts on a system that refuses to let the child leave its parent's descriptor table.
import { openSync } from 'node:fs';
import { posixSpawn } from 'forkless';
import { readParameters } from '../../support/in-program.js';
import { meddle } from '../../support/meddle.js';
import { askProbe, probePath } from '../../support/probe.js';
import { childrenOf, reservedNumbers } from '../../support/proc.js';
import { runScenario } from '../../support/scenarios.js';
import { until } from '../../support/until.js';
import { crowd, flatStarts } from '../flat-crowd.js';
import { tables } from '../flat-meddle.js';
import { argv, codes, quiet, start, textOf, times } from './flat-rule-starts.js';

/** A filter as `meddle.installSeccomp` takes it, or the errno that starts are refused by. */
const { rules = '', errno = 0 } = readParameters<{ rules?: string; errno?: number }>();

// The first start of a process is plain: only then is it known on which rung it is.
start();

await runScenario({
  async fromTheBeginning() {
    const reserve = reservedNumbers();
    const flat = await flatStarts(() => times(20, start));
    return { reserve, flat, codes: await codes(2) };
  },

  async fromTheFirstTry() {
    meddle.installSeccomp(rules, false);
    return { codes: await codes(20), children: childrenOf().length };
  },

  async fromTheFirstTryByAllWays() {
    const open = await quiet();
    meddle.installSeccomp(rules, false);
    const [first, ...later] = await codes(20);
    return { first, later, children: childrenOf().length, left: (await quiet()) - open };
  },

  /** The refused start is made again, with a table of its own: a number of the reserve is closed to that one too. */
  async fromAReservedNumber() {
    const [slot] = reservedNumbers();
    if (slot === undefined) throw new Error('there is no reserve');
    meddle.installSeccomp(rules, false);
    const plan = { cloexecDefault: true, fds: [0, 1, 2, slot] };
    return await posixSpawn(probePath, argv, plan).then(() => 'started', textOf);
  },

  async later() {
    const before = await flatStarts(() => times(20, start));
    tables.installHold();
    tables.refuseStarts(errno);
    const [first] = await codes(1);
    let later: unknown[] = [];
    const flat = await flatStarts(async () => {
      later = await codes(20);
    });
    const reserve = reservedNumbers().length;
    return { before, first, flat, later, reserve, children: childrenOf().length };
  },

  async laterByCloseRange() {
    const before = await flatStarts(() => times(20, start));
    for (const fd of crowd(100)) meddle.dup2(fd, fd + 500); // not close-on-exec
    const zero = openSync('/dev/zero', 'r');
    meddle.installSeccomp(rules, false);
    const table = async (): Promise<string> => {
      const { fds } = await askProbe({ cloexecDefault: true, fds: [zero, null, zero] });
      return fds.map(({ fd, target }) => `${fd} ${target}`).join();
    };
    const seen = new Set<string>();
    for (let i = 0; i < 5; i++) seen.add(await table().catch(textOf));
    return { before, seen: [...seen] };
  },

  async noMemory() {
    const before = await flatStarts(() => times(20, start));
    const open = await quiet();
    tables.installHold();
    tables.refuseStarts(errno);
    const first = await codes(2);
    const later = await posixSpawn(probePath, argv, { cloexecDefault: true }).catch(
      ({ code, errno, step }) => ({ code, errno, step }),
    );
    tables.refuseStarts(0);
    const flat = await flatStarts(() => times(20, start));
    await until('nothing is left but the descriptor of the filter', async () => (await quiet()) === open + 1);
    return { before, first, later, flat, reserve: reservedNumbers().length };
  },
});
