// For witness.test.ts: an act by every door, without an attribute and with it.
import type { Options, Refusal, Run } from '../../support/every-door.js';
import { everyDoor, outputBy, refusalBy, reportBy } from '../../support/every-door.js';
import { readParameters, say } from '../../support/in-program.js';
import type { ProbeReport } from '../../support/probe.js';
import { probePath } from '../../support/probe.js';

interface Parameters {
  readonly act: string;
  readonly program?: string;
  readonly uid?: number;
  readonly gid?: number;
}

const { act, program = probePath, uid, gid } = readParameters<Parameters>();

const hasCapabilities = ({ task }: ProbeReport): boolean => BigInt(`0x${task.capabilities}`) !== 0n;

async function both<T>(ask: (options: Options) => Promise<T>, options: Options): Promise<object> {
  return { without: await ask({}), with: await ask(options) };
}

/** The output of the shell, which says its own number first. */
const orphan = `
  parent=$(sh -c 'sh -c "while read -r _ _ _ p _ < /proc/\\$\\$/stat; [ \\$p = $$ ]; do :; done; echo \\$p" &')
  echo $$ $parent`;

const acts: Readonly<Record<string, (run: Run) => Promise<unknown>>> = {
  'set-user-id': (run) =>
    both(
      async (options) => {
        const report = await reportBy(run, options, program);
        const { uid, euid, suid, gid, egid, sgid } = report;
        return { users: [uid, euid, suid], groups: [gid, egid, sgid], capabilities: hasCapabilities(report) };
      },
      { noNewPrivs: true },
    ),
  noroot: (run) =>
    both(async (options) => hasCapabilities(await reportBy(run, options)), { securebits: ['noroot'] }),
  'clear-securebits': async (run) => {
    const refused = await refusalOrNone(run, { securebits: [] });
    return refused ?? (await reportBy(run, { securebits: [] })).task.securebits;
  },
  grandchild: (run) => {
    const realTime: Options = { schedPolicy: 'SCHED_FIFO', schedPriority: 5 };
    return both(
      async (options) => {
        // not the last command, which a shell may run in its own place
        const report = await outputBy(run, `${probePath} report 1; :`, { ...realTime, ...options });
        const { schedPolicy, schedPriority } = JSON.parse(report) as ProbeReport;
        return [schedPolicy, schedPriority];
      },
      { schedResetOnFork: true },
    );
  },
  orphan: (run) =>
    both(
      async (options) => {
        const [own, parent] = (await outputBy(run, orphan, options)).split(' ');
        return own === parent;
      },
      { childSubreaper: true },
    ),
  uname: (run) => both((options) => outputBy(run, 'uname -m', options), { personality: 'linux32' }),
  addresses: (run) =>
    both(
      async (options) => {
        const stack =
          'while read -r line; do case $line in *stack*) echo "$line"; esac; done < /proc/self/maps';
        const first = await outputBy(run, stack, options);
        return first === (await outputBy(run, stack, options));
      },
      { personality: 'addr-no-randomize' },
    ),
  personality: (run) =>
    both(async (options) => (await reportBy(run, options)).task.personality, { personality: [] }),
  groups: async (run) => {
    const ask = async (options: Options): Promise<unknown> => {
      const report = await reportBy(run, { uid, ...options } as Options);
      return [report.groups, report.uid];
    };
    return {
      ...(await both(ask, { groups: 'keep' })),
      alone: (await reportBy(run, { groups: 'keep' })).groups,
    };
  },
  'own-group': (run) =>
    both(
      async (options) => {
        const refused = await refusalOrNone(run, { gid, ...options } as Options);
        return refused ?? (await reportBy(run, { gid, ...options } as Options)).gid;
      },
      { groups: 'keep' },
    ),
  'real-time-slack': async (run) => {
    const options: Options = { schedPolicy: 'SCHED_RR', schedPriority: 1, timerSlack: 77 };
    const refused = await refusalOrNone(run, options);
    return refused === null
      ? (await reportBy(run, options)).task.timerSlack
      : `${refused.code} ${refused.step}`;
  },
};

/** null: the start succeeds. */
async function refusalOrNone(run: Run, options: Options): Promise<Refusal | null> {
  try {
    return await refusalBy(run, options);
  } catch (error) {
    if (`${error}`.includes('was not refused')) return null;
    throw error;
  }
}

const found: Record<string, unknown> = {};
for (const [name, run] of everyDoor) found[name] = await acts[act]?.(run);
say(found);
