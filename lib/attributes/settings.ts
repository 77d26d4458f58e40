import type { PlanEnvironment, Step } from '../plan/vocabulary.js';

/** The checked values of one start by the names of their attributes. Nothing is inherited from a prototype. */
export type Values = Readonly<Record<string, unknown>>;

/** A checked value, in the order of the index. */
interface Checked {
  readonly entry: { readonly attribute: { readonly name: string } };
  readonly value: unknown;
}

/** The options of one start: their checked values, and what each attribute has set besides its steps. */
export class Settings {
  readonly #checked: readonly Checked[];
  #values: Values | undefined;
  /** Of all attributes that are given (`Attribute.key`); null: the steps are made anew for each start. */
  key: string | null = '';
  /** null: the drop-in, where Node makes it. */
  environment: PlanEnvironment | null = null;
  /** Bit n-1 is signal n. */
  signalsToDefault: bigint;
  signalsToIgnore: bigint;
  /** null: the calling thread's mask from before the call. */
  signalMask: bigint | null;
  /** Descriptors that no step names are closed. */
  onlyNamed: boolean;
  /** The child's parent is the main thread, whichever thread starts it. */
  mainParent = false;
  /** How many numbers from 0 on `fds` settles. */
  slots = 0;
  /** The caller's own file actions, as they were when all options had been read. */
  actions: readonly Step[] = noSteps;
  /** A name without a slash is searched in PATH. Not if the program is given in another way. */
  searchesPath = true;
  /** The drop-in waits for exec even if it is as good as certain. */
  alwaysWaits = false;
  /** Aborting it before exec kills the child. */
  cancel: AbortSignal | null = null;

  /** @param defaults of the door; null: they are about to be set */
  constructor(checked: readonly Checked[], defaults: Settings | null) {
    this.#checked = checked;
    this.signalsToDefault = defaults === null ? 0n : defaults.signalsToDefault;
    this.signalsToIgnore = defaults === null ? 0n : defaults.signalsToIgnore;
    this.signalMask = defaults === null ? null : defaults.signalMask;
    this.onlyNamed = defaults === null ? false : defaults.onlyNamed;
  }

  has(name: string): boolean {
    for (const { entry } of this.#checked) if (entry.attribute.name === name) return true;
    return false;
  }

  /** Made when they are first asked for: a start whose steps are cached does not need them. */
  get values(): Values {
    if (this.#values === undefined) {
      const values: Record<string, unknown> = { __proto__: null };
      for (const { entry, value } of this.#checked) values[entry.attribute.name] = value;
      this.#values = values;
    }
    return this.#values;
  }
}

const noSteps: readonly Step[] = Object.freeze([]);
