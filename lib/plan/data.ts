import { signalName, signalNames } from '../signals.js';
import { HIGHEST_FD } from '../validate.js';
import { namesOfCapabilities } from './capabilities.js';
import { textOfLabel } from './labels.js';
import type { DescriptorNames } from './print.js';
import { numbersIn } from './print-bits.js';
import { NO_LIMIT, resources } from './resources.js';
import { realSteps } from './stand-ins.js';
import type { Bytes, Plan, Step } from './vocabulary.js';

/** A plan, and which of its numbers stand for descriptors that are made when it is started. */
export interface FuturePlan {
  readonly plan: Plan;
  readonly names?: DescriptorNames;
  readonly sockets?: readonly number[];
}

/**
 * A plan as JSON can hold it. `fd` is null for a socket that is made when the plan is started, and `highFd` for the end
 * of the table. A limit is a number, null for one that stays as it is, or `'unlimited'`.
 */
export function planData({ plan, sockets = [] }: FuturePlan): object {
  const all = (1n << 64n) - 1n;
  return {
    privateMemory: plan.privateMemory,
    mainParent: plan.mainParent,
    signalsToDefault: signalNames(plan.sigdefault & all),
    signalsToIgnore: signalNames(plan.sigignore & all),
    signalMask: plan.sigmask === null ? null : signalNames(plan.sigmask),
    steps: realSteps(plan).map((step) => stepData(step, sockets)),
    argv: plan.argv.map(textOf),
    shellScripts: plan.shellScripts,
    environmentVariables: plan.env === 'environ' ? null : plan.env.length,
  };
}

function stepData(step: Step, sockets: readonly number[]): object {
  const isFuture = (name: string, value: unknown): boolean =>
    (name === 'fd' && sockets.includes(value as number)) ||
    (name === 'highFd' && (value === HIGHEST_FD || sockets.includes((value as number) + 1)));
  return Object.fromEntries(
    Object.entries(step).map(([name, value]) => [
      name,
      isFuture(name, value) ? null : valueData(name, value),
    ]),
  );
}

function valueData(name: string, value: unknown): unknown {
  if (name === 'resource') return resources[value as number];
  if (name === 'cpus' || name === 'nodes') return numbersIn(value as readonly number[]);
  if (name === 'label') return textOf(textOfLabel(value as Uint8Array));
  if (name === 'sig') return signalName(value as number);
  if (name === 'capabilitySet') return namesOfCapabilities(value as bigint);
  if (value === NO_LIMIT) return 'unlimited';
  if (typeof value === 'bigint') return Number(value);
  return value instanceof Uint8Array ? textOf(value) : value;
}

function textOf(bytes: Bytes): string {
  return typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('latin1');
}
