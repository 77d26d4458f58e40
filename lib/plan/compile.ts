import type { Bytes } from '../bytes.js';
import { KeptSteps } from './kept-steps.js';
import type { AttributePhase, Draft, Phase } from './phases.js';
import { dropInPhases, posixPhases } from './phases.js';
import { onlyNamed as onlyNamedSteps } from './survivors.js';
import type { Plan, PlanEnvironment, Step } from './vocabulary.js';

/** How a door orders its steps, and what else is the same for all its plans. */
interface Door {
  readonly phases: readonly Phase[];
  /** A file that is no program (ENOEXEC) is run by /bin/sh. */
  readonly shellScripts: boolean;
  readonly kept: KeptSteps;
}

export const posix: Door = { phases: posixPhases, shellScripts: false, kept: new KeptSteps() };
export const dropIn: Door = { phases: dropInPhases, shellScripts: true, kept: new KeptSteps() };

/** What the attributes of a start come to. */
export interface AttributeSteps {
  readonly steps: (phase: AttributePhase) => readonly Step[];
  /** One of them cannot be done in the memory of the parent. */
  readonly privateMemory: boolean;
}

/** A start, in pieces without an order. */
export interface Start {
  readonly settings: {
    readonly signalsToDefault: bigint;
    readonly signalsToIgnore: bigint;
    readonly signalMask: bigint | null;
    readonly onlyNamed: boolean;
    readonly actions: readonly Step[];
  };
  /**
   * All that the list of steps depends on, as text: then it is kept for the next start that is the same. null: it is
   * made anew. A start whose child needs memory of its own has no key.
   */
  readonly key: string | null;
  readonly argv: readonly Bytes[];
  readonly environment: PlanEnvironment;
  /** How many numbers from 0 on are settled in any case, by `fds` or `stdio`. */
  readonly slots: number;
  /** The rest is asked for only where the list is not there yet. */
  readonly attributes: () => AttributeSteps;
  readonly stdio: () => readonly Step[];
  readonly candidates: () => readonly Bytes[];
}

/** The plan of a start, for both doors. */
export function compile(door: Door, start: Start): Plan {
  const { settings, key } = start;
  let privateMemory = false;
  const make = (): readonly Step[] => {
    const attributes = start.attributes();
    privateMemory = attributes.privateMemory;
    return inOrder(door.phases, start, attributes);
  };
  const steps = key === null ? make() : door.kept.get(key, make);
  return {
    steps,
    argv: start.argv,
    env: start.environment,
    sigdefault: settings.signalsToDefault,
    sigignore: settings.signalsToIgnore,
    sigmask: settings.signalMask,
    privateMemory,
    shellScripts: door.shellScripts,
    onlyNamed: settings.onlyNamed,
  };
}

const nothing = { sweep: [], leftovers: [] };

function inOrder(phases: readonly Phase[], start: Start, attributes: AttributeSteps): readonly Step[] {
  const { onlyNamed, actions } = start.settings;
  const stdio = start.stdio();
  const moves = [...stdio, ...attributes.steps('descriptors'), ...actions];
  const draft: Draft = {
    attributes: attributes.steps,
    stdio,
    actions,
    candidates: start.candidates(),
    onlyNamed,
    moves,
    survivors: onlyNamed ? onlyNamedSteps(moves, start.slots) : nothing,
  };
  return phases.flatMap((phase) => phase.steps(draft));
}
