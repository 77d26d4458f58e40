import { builtin } from '../builtin.js';
import { signalName, signalNames } from '../signals.js';
import { HIGHEST_FD } from '../validate.js';
import { printCapabilities } from './capabilities.js';
import { coredumpBits } from './coredump-memory.js';
import { textOfLabel } from './labels.js';
import { personalityBits } from './personalities.js';
import { namesOf, numbersIn, printIoPriority, printNumaPolicy, printPolicy } from './print-bits.js';
import { NO_LIMIT, resources } from './resources.js';
import { securebitsByName } from './securebits.js';
import { realSteps } from './stand-ins.js';
import { actionOf, fdOf, slotOf } from './step-fields.js';
import { valuesOf } from './steps.js';
import type { Bytes, Plan, Step } from './vocabulary.js';

const { constants } = builtin('node:fs');

/** How descriptors are printed. */
export interface DescriptorNames {
  readonly fd: (fd: number) => string;
  /** The entry of the option that the step serves. */
  readonly slot: (slot: number) => string;
  /** The end of a range that is closed. */
  readonly rangeEnd: (highFd: number) => string;
}

const byNumber: DescriptorNames = {
  fd: String,
  slot: (slot) => `fds[${slot}]`,
  rangeEnd: (highFd) => (highFd === HIGHEST_FD ? 'the last' : `${highFd}`),
};

/** A plan as text, for people and tests: one line a step, in the order in which the child carries them out. */
export function printPlan(plan: Plan, names = byNumber): string {
  const lines: string[] = [];
  const all = (1n << 64n) - 1n;
  if (plan.privateMemory) lines.push('memory: a copy of the parent’s (not shared)');
  if (plan.mainParent) lines.push('parent: the main thread');
  if (plan.sigdefault !== 0n) lines.push(`signals to default: ${printSet(plan.sigdefault)}`);
  if (plan.sigignore !== 0n) lines.push(`signals to ignore: ${printSet(plan.sigignore & all)}`);
  const execs = plan.steps.filter((step) => step.op === 'execve');
  const steps = realSteps(plan).slice(0, plan.steps.length - execs.length);
  const width = String(plan.steps.length).length;
  const numbered = (step: Step, index: number) =>
    `${String(index + 1).padStart(width)}. ${printStep(step, names)}`;
  for (const [index, step] of steps.entries()) lines.push(numbered(step, index));
  if (plan.sigmask !== null) lines.push(`signal mask: ${printSet(plan.sigmask) || 'empty'}`);
  for (const [index, step] of execs.entries()) lines.push(numbered(step, steps.length + index));
  lines.push(`argv: ${plan.argv.map(printBytes).join(' ')}`);
  if (plan.shellScripts) lines.push('a file that is no program: run by /bin/sh');
  lines.push(plan.env === 'environ' ? 'env: this process’s' : `env: ${plan.env.length} variables`);
  return `${lines.join('\n')}\n`;
}

/** A large set is printed as `all but …`, which is shorter than sixty names. */
function printSet(set: bigint): string {
  const names = signalNames(set);
  if (names.length < 50) return names.join(' ');
  const missing = signalNames(((1n << 64n) - 1n) & ~set).filter(
    (name) => !['SIGKILL', 'SIGSTOP'].includes(name),
  );
  return missing.length === 0 ? 'all' : `all but ${missing.join(' ')}`;
}

function printStep(step: Step, names: DescriptorNames): string {
  const [action, slot] = [actionOf(step), slotOf(step)];
  const origin = action === undefined ? '' : `  (file action ${action})`;
  return `${printOperation(step, names)}${origin}${slot === undefined ? '' : `  (${names.slot(slot)})`}`;
}

function printOperation(step: Step, names: DescriptorNames): string {
  switch (step.op) {
    case 'open':
      return `open ${printBytes(step.path)} as ${step.fd}, ${printFlags(step.flags)}${printMode(step)}`;
    case 'dup2':
      return `dup2 ${names.fd(step.fd)} to ${step.newFd}`;
    case 'restore':
      return `restore to ${step.newFd}`;
    case 'sweep':
      return `sweep ${step.lowFd} to ${names.rangeEnd(step.highFd)}`;
    case 'setscheduler':
      return `setscheduler ${printPolicy(step.policy)}, priority ${step.priority}`;
    case 'setparam':
      return `setparam priority ${step.priority}`;
    case 'pdeathsig':
      return `pdeathsig ${signalName(step.sig)}`;
    case 'umask':
      return `umask ${octal(step.mask)}`;
    case 'setgroups':
      return `setgroups ${step.gids.join(' ') || 'to none'}`;
    case 'affinity':
      return `affinity ${numbersIn(step.cpus).join(' ') || 'none'}`;
    case 'io-priority':
      return `io-priority ${printIoPriority(step.priority)}`;
    case 'numa-policy':
      return `numa-policy ${printNumaPolicy(step.mode, step.nodes)}`;
    case 'securebits':
      return `securebits ${namesOf(step.bits, securebitsByName).join(' ') || 'none'}`;
    case 'personality':
      return `personality ${namesOf(step.personality, personalityBits).join(' ') || 'linux64'}`;
    case 'apparmor':
    case 'selinux':
      return `${step.op} ${printBytes(textOfLabel(step.label))}`;
    case 'rlimit':
      return `rlimit ${printLimits(step.resource, step.soft, step.hard)}`;
    case 'capability-bounding':
    case 'capability-inheritable':
    case 'capability-ambient':
      return `${step.op} ${printCapabilities(step.capabilitySet)}`;
    case 'coredump-filter':
      return `coredump-filter ${namesOf(step.filter, coredumpBits).join(' ') || 'none'}`;
    case 'timer-slack':
      return `timer-slack ${step.nanoseconds} ns`;
    case 'memory-merge':
      return `memory-merge ${step.wanted ? 'on' : 'off'}`;
    case 'transparent-huge-pages':
      return `transparent-huge-pages ${step.allowed ? 'on' : 'off'}`;
    default: {
      const fd = fdOf(step);
      // The descriptor is the first value: another one may be the same number.
      const print = (value: Value, index: number) =>
        index === 0 && fd !== undefined ? names.fd(fd) : printValue(value);
      return [step.op, ...valuesOf(step).map(print)].join(' ');
    }
  }
}

type Value = ReturnType<typeof valuesOf>[number];

function printValue(value: Value): string {
  if (typeof value === 'string' || value instanceof Uint8Array) return printBytes(value);
  return Array.isArray(value) ? value.join(' ') || 'none' : `${value}`;
}

/** If only one limit changes, prints which one (`soft` or `hard`) and its value. */
function printLimits(resource: number, soft: bigint | null, hard: bigint | null): string {
  const name = resources[resource] ?? `${resource}`;
  const print = (limit: bigint) => (limit === NO_LIMIT ? 'infinity' : `${limit}`);
  if (soft === null) return `${name} ${hard === null ? 'unchanged' : `hard ${print(hard)}`}`;
  return hard === null ? `${name} soft ${print(soft)}` : `${name} ${print(soft)} ${print(hard)}`;
}

function printMode(step: { flags: number; mode: number }): string {
  return step.flags & constants.O_CREAT ? `, mode ${octal(step.mode)}` : '';
}

function octal(number: number): string {
  return `0${number.toString(8).padStart(3, '0')}`;
}

function printBytes(bytes: Bytes): string {
  return JSON.stringify(typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('latin1'));
}

const O_CLOEXEC = 0o2000000;
const flagNames: readonly (readonly [number, string])[] = [
  [constants.O_CREAT, 'O_CREAT'],
  [constants.O_EXCL, 'O_EXCL'],
  [constants.O_TRUNC, 'O_TRUNC'],
  [constants.O_APPEND, 'O_APPEND'],
  [constants.O_DIRECTORY, 'O_DIRECTORY'],
  [constants.O_NOFOLLOW, 'O_NOFOLLOW'],
  [constants.O_NONBLOCK, 'O_NONBLOCK'],
  [constants.O_SYNC, 'O_SYNC'],
  [constants.O_NOCTTY, 'O_NOCTTY'],
  [O_CLOEXEC, 'O_CLOEXEC'],
];

function printFlags(flags: number): string {
  const access = ['O_RDONLY', 'O_WRONLY', 'O_RDWR'][flags & 3] ?? '3';
  const list = [access];
  let rest = flags & ~3;
  for (const [bits, name] of flagNames) {
    if ((rest & bits) !== bits) continue;
    list.push(name);
    rest &= ~bits;
  }
  if (rest !== 0) list.push(`0${rest.toString(8)}`);
  return list.join('|');
}
