import type { AttributePhase } from '../plan/phases.js';
import type { Step } from '../plan/vocabulary.js';
import type { Codec } from './codecs.js';
import type { CommandLine } from './flags.js';
import type { Settings, Values } from './settings.js';

/** The two ways into the package: `posixSpawn` and its siblings, and `forkless/child_process`. */
export type DoorName = 'posix' | 'dropIn';

/** `'own'`: an option of ours. `'node'`: an option of Node's, which Node reads and checks. `'none'`: unknown there. */
export interface Doors {
  readonly posix: 'own' | 'none';
  readonly dropIn: 'own' | 'node' | 'none';
}

/** What is known about a call besides its attributes. */
export interface Call {
  /** The calling thread is blocked until exec is known. */
  readonly synchronous: boolean;
  /** How many numbers `stdio` settles, in the drop-in. */
  readonly stdioSlots: number;
  /** Node's option, in the drop-in: the child leads a session. */
  readonly detached: boolean;
}

/** Something that the attribute cannot be used with. */
export interface Contradiction<Checked> {
  /** The name of another attribute, or what else it is, for people. */
  readonly with: string;
  /**
   * Called when all values have been checked.
   * @param name how an error names the option, `options.umask`
   * @param given the option as the caller gave it
   * @throws TypeError where both were asked for
   */
  readonly refuse: (name: string, given: unknown, checked: Checked, all: Values, call: Call) => void;
}

/** Texts of the tables in docs/; markdown. */
export interface Documentation {
  readonly shape: string;
  /** What holds where it is absent; `dropIn` where that differs. */
  readonly default: { readonly posix: string; readonly dropIn?: string };
  readonly meaning: string;
  /** How the kernel, or the library, refuses it. Absent: it is not refused. */
  readonly errors?: string;
  /** The version of Linux that it needs, or how it must be configured. Absent: every one on which the package runs. */
  readonly kernel?: string;
  /** What it costs, where `memory` and `steps` do not say it. */
  readonly cost?: string;
}

/** Equivalent names in other tools. */
export interface Like {
  readonly posix?: string;
  readonly systemd?: string;
  readonly go?: string;
  /** A command: of util-linux or coreutils. */
  readonly utilLinux?: string;
  /** An argument of `subprocess.Popen`; with a dot: a function for its `preexec_fn`. */
  readonly python?: string;
}

interface Required<Name, Kind, Doors, Value, Checked> {
  readonly name: Name;
  /** `'attribute'`: of the process, and so in `SpawnAttributes`. `'option'`: of the call, or of what is given to the child. */
  readonly kind: Kind;
  readonly doors: Doors;
  /** How a value is checked, with examples of wrong ones. */
  readonly codec: Codec<Checked>;
  /** Values that it takes, for tests. */
  readonly right: () => readonly Exclude<Value, undefined>[];
  /** When it is carried out. Within a phase the order is that of the index. */
  readonly phase: AttributePhase;
  /**
   * `'own'`: its steps change what a child cannot change while it runs in the memory of its parent, and come after the
   * phase `own-memory`. `'copy'`: the same, but they come before that phase, so that the plan takes rung 4.
   */
  readonly memory: 'shared' | 'own' | 'copy';
  readonly documentation: Documentation;
  readonly commandLine: CommandLine<Value> | null;
  readonly like: Like;
}

interface Optional<Checked> {
  /** The steps of the child. */
  readonly steps: ((checked: Checked, all: Values) => readonly Step[]) | null;
  /** Its steps where it is absent, but one of these other attributes is given. */
  readonly implied: {
    readonly by: readonly string[];
    readonly steps: (door: DoorName) => readonly Step[];
  } | null;
  /** What it changes besides steps. Called in the order of the index when all values have been checked. */
  readonly set: ((settings: Settings, checked: Checked) => void) | null;
  /** The value that a door sets where the option is absent. Where it is given, it is set after this one. */
  readonly defaults: { readonly posix?: Checked; readonly dropIn?: Checked };
  /** For a default that each start finds anew: called where `posixSpawn` is not given the option. */
  readonly setAbsent: ((settings: Settings) => void) | null;
  /**
   * All that its steps depend on, as text without NUL: '' where it changes no step; null for a value that has none.
   * Starts whose attributes all have a text keep their list of steps for the next start that is the same. Those of the
   * phase `call` have no steps.
   */
  readonly key: ((checked: Checked) => string | null) | null;
  readonly contradictions: readonly Contradiction<Checked>[];
  /**
   * Options of `posixSpawn` by which `features().attributes` finds out whether the attribute can be used: a child carries
   * them out. They change nothing but that child, and ask for nothing that needs rights if the attribute does not. null:
   * it works wherever the package does.
   */
  readonly trial: (() => object) | null;
  /** Other options without which it is refused, for tests. */
  readonly needs: Values;
}

/** All that is known about one option of a start. `Option` is the interface with its only property, for types and editors. */
export interface Attribute<Option, Name, Kind, Where, Checked>
  extends Required<Name, Kind, Where, unknown, Checked>,
    Optional<Checked> {
  /** For types alone. */
  readonly option?: Option;
}

type Untyped = Attribute<object, string, 'attribute' | 'option', Doors, never>;

/** As the machinery sees every attribute: it passes on to each what its own codec gave. */
export type AnyAttribute = Omit<Untyped, 'codec' | 'defaults'> & {
  readonly codec: Codec<unknown>;
  readonly defaults: { readonly posix?: unknown; readonly dropIn?: unknown };
};

/** Each field is an own one: what is absent must not be found on Object.prototype. */
function withoutAny<Checked>(): Optional<Checked> {
  return {
    steps: null,
    implied: null,
    set: null,
    defaults: {},
    setAbsent: null,
    key: null,
    contradictions: [],
    trial: null,
    needs: {},
  };
}

/** Defines an attribute. Called twice because TypeScript infers either all type parameters or none. */
export function attribute<Option extends object>() {
  return <
    const Name extends keyof Option & string,
    const Kind extends 'attribute' | 'option',
    const Where extends Doors,
    Checked,
  >(
    definition: Required<Name, Kind, Where, Option[Name], Checked> & Partial<Optional<Checked>>,
  ): Attribute<Option, Name, Kind, Where, Checked> => ({
    ...withoutAny<Checked>(),
    ...definition,
  });
}

/** The value of another attribute; undefined where it was not given. */
export function checkedValue<Checked>(
  all: Values,
  { name }: { readonly name: string; readonly codec: Codec<Checked> },
): Checked | undefined {
  return all[name] as Checked | undefined;
}
