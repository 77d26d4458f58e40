import { readParameters, say } from '../../support/in-program.js';
import { dropIn, throughUs, warningsHaveCome } from './kit.js';
import type { Kind } from './native.js';
import { hook } from './native.js';
import { calls, cp, kept, warnings } from './observed.js';

const { kind, other } = readParameters<{ kind: Kind; other: Kind }>();
const stdio: ('ignore' | 'ipc')[] = ['ignore', 'ignore', 'ignore', 'ipc'];
const starts: Record<Kind, Record<string, () => unknown>> = {
  sync: {
    spawnSync: () => cp.spawnSync('true'),
    execSync: () => cp.execSync('true'),
    execFileSync: () => cp.execFileSync('true'),
  },
  async: {
    spawn: () => cp.spawn('true'),
    exec: () => cp.exec('true'),
    execFile: () => cp.execFile('true'),
    fork: () => cp.fork('-e', [], { execPath: '/bin/true', execArgv: [], stdio }),
  },
};

/** Of each function: through the engine, and how often the native function was called. */
async function run(of: Kind): Promise<Record<string, unknown>> {
  const seen: Record<string, unknown> = {};
  for (const [name, start] of Object.entries(starts[of])) {
    calls.length = 0;
    const through = await throughUs(start);
    seen[name] = [through, calls.length];
  }
  return seen;
}

await warningsHaveCome();
const undo = kept.unhook ?? hook(kind);
const meanwhile = { ...(await run(kind)), ...(await run(other)) };
const { reason } = dropIn();
undo();
say({ meanwhile, reason, afterwards: await run(kind), reasonAfterwards: dropIn().reason, warnings });
