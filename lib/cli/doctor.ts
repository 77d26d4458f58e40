import { builtin } from '../builtin.js';
import { features } from '../posix/features.js';
import type { Examined, Report } from './doctor-report.js';
import { printReport } from './doctor-text.js';
import { findHooks } from './hooks.js';
import { limits } from './limits.js';
import { nodeOptionsWithoutDebugger, withoutDebugger } from './node-flags.js';
import { parseFlags } from './parse-flags.js';
import type { Trial } from './trial-report.js';
import { readTrial } from './trial-report.js';
import { verdictOf } from './verdict.js';
import { version } from './version.js';

const { spawnSync } = builtin('node:child_process');

/** A trial that takes longer is killed. */
const TRIAL_MS = 20_000;

const RUNGS = [1, 2, 3, 4];

/** Returns the exit status: 0, or 1 if no process can be started. */
export async function doctor(args: readonly string[]): Promise<number> {
  const { json } = parseFlags(args, { json: { type: 'boolean' } }).values;
  const examined = await examine();
  const report: Report = { verdict: verdictOf(examined), ...examined };
  process.stdout.write(json ? `${JSON.stringify(report, undefined, 2)}\n` : printReport(report));
  return report.startsOn === null ? 1 : 0;
}

async function examine(): Promise<Examined> {
  // Loaded so that features() describes it. Without an engine it is Node's own, and loading it would only warn.
  const engine = features();
  const ours = engine.backend === null ? {} : (await import('../child_process/api.js')).api;
  const hooks = await findHooks(engine, ours);
  // Only now: what a loader hook has copied is known when imports have been resolved.
  const machine = features();
  const possible = machine.backend !== null;
  const rungs = possible ? RUNGS.map((rung) => trial({ FORKLESS_RUNG: `${rung}` })) : [];
  return {
    version: version(),
    runtime: runtime(),
    libc: libc(),
    features: machine,
    hooks,
    startsOn: rungUsed(rungs),
    forcedRung: forcedRung(),
    rungs,
    flat: possible ? trial({ FORKLESS_FLAT: 'always' }) : null,
    attributes: possible ? machine.attributes : null,
    limits: limits(),
  };
}

/** The best rung that works; if one is forced, only that one. */
function rungUsed(rungs: readonly Trial[]): number | null {
  const forced = forcedRung();
  const index = rungs.findIndex(({ error }, each) => error === null && (forced ?? each + 1) === each + 1);
  return index < 0 ? null : index + 1;
}

function forcedRung(): number | null {
  return Number(process.env['FORKLESS_RUNG'] ?? '') || null;
}

/** In a process of its own, because a forced rung or mode cannot be changed once the engine is loaded. */
function trial(forced: Readonly<Record<string, string>>): Trial {
  const { NODE_OPTIONS: options = '', ...others } = process.env;
  const NODE_OPTIONS = nodeOptionsWithoutDebugger(options);
  const env = { ...others, NODE_OPTIONS, FORKLESS_RUNG: '', FORKLESS_FLAT: '', ...forced };
  const script = `${__dirname}/trial.js`;
  try {
    const { stdout, stderr, error } = spawnSync(process.execPath, [...flags(), script], {
      env,
      encoding: 'utf8',
      timeout: TRIAL_MS,
      killSignal: 'SIGKILL',
    });
    const failed = error?.message ?? (stderr?.trim() || 'it ended without a result');
    return readTrial(stdout ?? '') ?? { rung: null, flat: false, error: failed };
  } catch (error) {
    // Node's permission model denies it. It denies the starts of this package, too.
    return { rung: null, flat: false, error: (error as Error).message };
  }
}

/** None for Bun and Deno, whose flags are not Node's. */
function flags(): string[] {
  return 'bun' in process.versions || 'deno' in process.versions ? [] : withoutDebugger(process.execArgv);
}

/** In Bun and Deno, `process.version` is the version of Node that they are compatible with. */
function runtime(): string {
  const { bun, deno } = process.versions;
  if (bun !== undefined) return `Bun ${bun}`;
  return deno === undefined ? `Node ${process.version}` : `Deno ${deno}`;
}

/** null in Deno, whose report is not real. */
function libc(): string | null {
  if (process.platform !== 'linux' || 'deno' in process.versions) return null;
  const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  const version = header?.glibcVersionRuntime;
  return version === undefined ? 'no glibc' : `glibc ${version}`;
}
