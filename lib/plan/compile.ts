import type { Bytes } from '../bytes.js';
import type { AttributePhase, Draft, Phase } from './phases.js';
import { dropInPhases, posixPhases } from './phases.js';
import { StepCache } from './step-cache.js';
import { closeUnnamed } from './survivors.js';
import type { Plan, PlanEnvironment, StandIns, Step } from './vocabulary.js';

/**
 * A door is one of the two ways into the package: `posixSpawn` and its siblings, or `forkless/child_process`. This is
 * what all plans of a door have in common.
 */
interface Door {
  readonly phases: readonly Phase[];
  /** A file whose format the kernel does not recognise (ENOEXEC) is run by /bin/sh. */
  readonly shellScripts: boolean;
  readonly cache: StepCache;
}

export const posix: Door = { phases: posixPhases, shellScripts: false, cache: new StepCache() };
export const dropIn: Door = { phases: dropInPhases, shellScripts: true, cache: new StepCache() };

/** The steps that the attributes of a start need. */
export interface AttributeSteps {
  readonly steps: (phase: AttributePhase) => readonly Step[];
  /** One of them cannot run while the child shares its parent's memory: those of the phases after `own-memory`. */
  readonly ownMemory: boolean;
  /** One of them cannot, and is in another phase: the child must never share it. */
  readonly privateMemory: boolean;
}

/** The parts of a plan, before `compile` puts the steps into their order. */
export interface Start {
  readonly settings: {
    readonly signalsToDefault: bigint;
    readonly signalsToIgnore: bigint;
    readonly signalMask: bigint | null;
    readonly onlyNamed: boolean;
    readonly mainParent: boolean;
    readonly actions: readonly Step[];
  };
  /**
   * A text that contains everything the steps depend on: starts with the same key share one list of steps. null: the
   * list is made for this start only. A start with `privateMemory` must not have a key, because the cache holds only
   * the steps.
   */
  readonly key: string | null;
  readonly argv: readonly Bytes[];
  readonly environment: PlanEnvironment;
  /** How many numbers, from 0 on, `fds` or `stdio` opens or closes. */
  readonly slots: number;
  /** What `stdio` names instead of the numbers of new sockets. */
  readonly standIns: StandIns | null;
  // Called only if the list of steps is not in the cache.
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
  const steps = key === null ? make() : door.cache.get(key, make);
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
    standIns: start.standIns,
    mainParent: settings.mainParent,
  };
}

const noSweep = { sweep: [], leftovers: [], carried: [] };

function inOrder(phases: readonly Phase[], start: Start, attributes: AttributeSteps): readonly Step[] {
  const { onlyNamed, actions } = start.settings;
  const stdio = start.stdio();
  const moves = [...stdio, ...attributes.steps('descriptors'), ...actions];
  const draft: Draft = {
    attributes: attributes.steps,
    ownMemory: attributes.ownMemory,
    stdio,
    actions,
    candidates: start.candidates(),
    onlyNamed,
    moves,
    survivors: onlyNamed ? closeUnnamed(moves, attributes.steps('placement'), start.slots) : noSweep,
  };
  return phases.flatMap((phase) => phase.steps(draft));
}
