import { builtin } from '../builtin.js';
import type { Features } from '../posix/features.js';
import { features } from '../posix/features.js';
import type { Limits } from './limits.js';
import { limits, printLimits } from './limits.js';
import { nodeOptionsWithoutDebugger, withoutDebugger } from './node-flags.js';
import type { Trial } from './trial-report.js';
import { readTrial } from './trial-report.js';
import { asUsage } from './usage-error.js';
import { version } from './version.js';

const { spawnSync } = builtin('node:child_process');
const { parseArgs } = builtin('node:util');

interface Report {
  /** Of this package. */
  readonly version: string;
  readonly runtime: string;
  readonly libc: string | null;
  readonly features: Features;
  /** The rung on which children are made here; null if none can be. */
  readonly startsOn: number | null;
  /** One trial for each rung, best first. */
  readonly rungs: readonly Trial[];
  readonly flat: Trial | null;
  readonly limits: Limits;
}

/** A trial that takes longer is killed. */
const TRIAL_MS = 20_000;

const rungTexts = [
  'clone3, memory shared',
  'clone, memory shared',
  'clone with VFORK: starts block the event loop until exec',
  'clone without shared memory: costs what fork costs',
];

/** Returns the exit status: 0, or 1 if no process can be started. */
export async function doctor(args: readonly string[]): Promise<number> {
  const options = { json: { type: 'boolean' } } as const;
  const { json } = asUsage(() => parseArgs({ args: [...args], options })).values;
  const report = await examine();
  process.stdout.write(json ? `${JSON.stringify(report, undefined, 2)}\n` : print(report));
  return report.startsOn === null ? 1 : 0;
}

async function examine(): Promise<Report> {
  // Loaded so that features() describes it. Without an engine it is Node's own, and loading it would only warn.
  if (features().backend !== null) await import('../child_process/api.js');
  const machine = features();
  const possible = machine.backend !== null;
  const rungs = possible ? rungTexts.map((_, index) => trial({ FORKLESS_RUNG: `${index + 1}` })) : [];
  return {
    version: version(),
    runtime: runtime(),
    libc: libc(),
    features: machine,
    startsOn: rungUsed(rungs),
    rungs,
    flat: possible ? trial({ FORKLESS_FLAT: 'always' }) : null,
    limits: limits(),
  };
}

/** The best rung that works; if one is forced, only that one. */
function rungUsed(rungs: readonly Trial[]): number | null {
  const forced = forcedRung();
  const index = rungs.findIndex(({ error }, each) => error === null && (forced ?? each + 1) === each + 1);
  return index < 0 ? null : index + 1;
}

function forcedRung(): number | undefined {
  return Number(process.env['FORKLESS_RUNG'] ?? '') || undefined;
}

/** In a process of its own, because a forced rung or mode cannot be changed once the engine is loaded. */
function trial(forced: Readonly<Record<string, string>>): Trial {
  const { NODE_OPTIONS: options = '', ...others } = process.env;
  const NODE_OPTIONS = nodeOptionsWithoutDebugger(options);
  const env = { ...others, NODE_OPTIONS, FORKLESS_RUNG: '', FORKLESS_FLAT: '', ...forced };
  const script = `${__dirname}/trial.js`;
  const { stdout, stderr, error } = spawnSync(process.execPath, [...flags(), script], {
    env,
    encoding: 'utf8',
    timeout: TRIAL_MS,
    killSignal: 'SIGKILL',
  });
  return (
    readTrial(stdout ?? '') ?? {
      rung: null,
      flat: false,
      error: error?.message ?? (stderr?.trim() || 'it ended without a result'),
    }
  );
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

function print(report: Report): string {
  const { runtime, features: machine } = report;
  const { platform, arch, kernel, reason, binary } = machine;
  const lines = [
    `forkless ${report.version}, ${runtime}, ${platform} ${arch}, kernel ${kernel || 'unknown'}${report.libc ? `, ${report.libc}` : ''}`,
    reason === null ? `engine    ${binary}` : `engine    cannot be used: ${reason}`,
    ...startsLine(report),
    ...(machine.backend === null ? [] : [`drop-in   ${dropIn(machine)}`]),
    ...report.rungs.map(
      ({ error }, index) => `rung ${index + 1}    ${error ?? 'works'}   (${rungTexts[index]})`,
    ),
    ...(report.flat === null ? [] : [`flat      ${flatText(report.flat)}`]),
    ...printLimits(report.limits),
  ];
  return `${lines.join('\n')}\n`;
}

function dropIn({ childProcess, execHook }: Features): string {
  const { backend, reason } = childProcess;
  if (backend === 'node') return `the runtime's own functions: ${reason}`;
  const bypassed =
    execHook === null ? null : `bypasses ${execHook}, which has replaced execve or one of its family`;
  return ['by the engine', bypassed, reason].filter((text) => text !== null).join('; ');
}

function startsLine({ rungs, startsOn, features: machine }: Report): string[] {
  if (machine.backend === null)
    return ['starts    forkless throws; forkless/child_process is node:child_process'];
  const forced = forcedRung();
  if (forced !== undefined)
    return [`starts    ${startsOn === null ? 'not ' : ''}on rung ${forced}, which FORKLESS_RUNG forces`];
  if (startsOn === null) return ['starts    not possible: no rung works here'];
  const worse = startsOn === 1 ? '' : `, because better ones are refused: ${rungs[0]?.error}`;
  return [`starts    on rung ${startsOn}${worse}`];
}

function flatText({ flat, error }: Trial): string {
  if (error !== null) return error;
  if (process.env['FORKLESS_FLAT'] === 'never') return 'left out, as FORKLESS_FLAT says';
  return flat
    ? 'works   (from 512 open descriptors on a start copies no table)'
    : 'not here   (a start costs more with thousands of open descriptors)';
}
