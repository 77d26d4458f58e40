import type { Report } from './doctor-report.js';
import { rungTexts } from './doctor-report.js';
import type { Hooks } from './hooks.js';
import { printLimits } from './limits.js';
import type { Trial } from './trial-report.js';
import { ownFunctions } from './verdict.js';
import { wrap } from './wrap.js';

const LABEL = 12;

/** The report for people: the verdict first, then what it is based on. */
export function printReport(report: Report): string {
  const blocks = [
    verdictLines(report),
    factLines(report),
    rungLines(report),
    attributeLines(report),
    limitLines(report),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function verdictLines({ verdict: { status, problems } }: Report): string[] {
  if (status === 'ok')
    return ['OK: posixSpawn and forkless/child_process start processes by the engine here.'];
  return problems.map((text) => wrap(`${status.toUpperCase()}: ${text}`, '  '));
}

function factLines(report: Report): string[] {
  const { version, runtime, libc, features } = report;
  const { platform, arch, kernel, binary } = features;
  const machine = [runtime, `${platform} ${arch}`, kernel && `kernel ${kernel}`, libc];
  return [
    line('forkless', version),
    line('runtime', machine.filter(Boolean).join(', ')),
    line('engine', binary ?? 'cannot be used'),
    line('posixSpawn', posixText(report)),
    line('drop-in', dropInText(report)),
    line('register', registerText(report)),
    ...hookLines(report.hooks),
  ];
}

function posixText({ features, startsOn, forcedRung, rungs }: Report): string {
  if (features.backend === null) return 'throws an error';
  const forced = forcedRung === null ? '' : ', which FORKLESS_RUNG forces';
  if (startsOn === null)
    return `does not work${forcedRung === null ? '' : ` on rung ${forcedRung}${forced}`}`;
  const refused =
    startsOn === 1 || forcedRung !== null ? '' : `, because better ones are refused: ${rungs[0]?.error}`;
  return `works, on rung ${startsOn}${forced}${refused}`;
}

function dropInText({ runtime, features: { backend, childProcess }, startsOn }: Report): string {
  if (backend === null || childProcess.backend === 'node')
    return `does not use the engine: it has ${ownFunctions(runtime)}`;
  return startsOn === null
    ? 'does not work: forkless/child_process would use the engine'
    : 'works: forkless/child_process uses the engine';
}

function registerText({ runtime, features, hooks: { registered, preloaded } }: Report): string {
  if (registered)
    return features.childProcess.backend === 'node'
      ? `loaded, but what it put into node:child_process calls ${ownFunctions(runtime)}`
      : 'loaded: node:child_process has the functions of the drop-in';
  return preloaded.some(isRegister) ? 'loaded, but replaces nothing here' : 'not loaded';
}

function isRegister(module: string): boolean {
  return /\bforkless\/(?:dist\/)?register\b/.test(module);
}

function hookLines({ exec, preloaded, registered, replaced, copied }: Hooks): string[] {
  const others = preloaded.filter((module) => !isRegister(module));
  const who = registered ? 'other code, or another copy of forkless,' : 'other code';
  const found = [
    exec === null
      ? null
      : `${exec} has replaced execve or one of its family, and does not see what the engine starts`,
    others.length === 0 ? null : `loaded first, by flags or NODE_OPTIONS: ${others.join(', ')}`,
    replaced.length === 0 ? null : `${who} has replaced ${replaced.join(', ')} of node:child_process`,
    copied.length === 0
      ? null
      : `a module loader hook gives ES modules other functions of node:child_process than require: ${copied.join(', ')}`,
  ].filter((text) => text !== null);
  return found.length === 0 ? [line('hooks', 'none found')] : found.map((text) => line('hooks', text));
}

function rungLines({ rungs, flat }: Report): string[] {
  return [
    ...rungs.map((trial, index) => line(`rung ${index + 1}`, trialText(trial, `works: ${rungTexts[index]}`))),
    ...(flat === null ? [] : [line('flat', flatText(flat))]),
  ];
}

/** What cannot be used, by its reason: many attributes may lack the same right. */
function attributeLines({ attributes }: Report): string[] {
  if (attributes === null) return [];
  const byReason = new Map<string, string[]>();
  for (const [name, result] of Object.entries(attributes))
    if (result !== true) byReason.set(result, [...(byReason.get(result) ?? []), name]);
  if (byReason.size === 0) return [line('attributes', 'all of them work here')];
  return [...byReason].map(([reason, names]) =>
    line('attributes', `not here: ${names.join(', ')} (${reason})`),
  );
}

function trialText({ error }: Trial, works: string): string {
  return error === null ? works : `does not work: ${error}`;
}

function flatText(trial: Trial): string {
  if (trial.error === null && process.env['FORKLESS_FLAT'] === 'never')
    return 'left out, as FORKLESS_FLAT says';
  return trialText(
    trial,
    trial.flat
      ? 'works: with 512 open descriptors or more, a start copies no table'
      : 'not here: a start costs more with thousands of open descriptors',
  );
}

function limitLines({ limits }: Report): string[] {
  return printLimits(limits).map(([name, text]) => line(name, text));
}

function line(label: string, text: string): string {
  return wrap(`${label.padEnd(LABEL - 1)} ${text}`, ' '.repeat(LABEL));
}
