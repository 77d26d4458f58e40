import type { AttributeSteps } from '../plan/compile.js';
import type { Call } from './attribute.js';
import { dropInNames, noSettings } from './door-defaults.js';
import type { Settings, Values } from './settings.js';

/**
 * The attributes as the drop-in sees them. All of them together take a third of the time that the first start takes, so
 * they are loaded by the first one that gives an option of ours, or one of Node's that is a step. They stand in the same
 * file: when this can be called, they can be loaded.
 */

type Options = Readonly<Record<string, unknown>>;

/**
 * The options of `spawn` and its siblings that Node does not know. Others are ignored, as by Node.
 * @param options without a prototype, Node's own among them
 * @throws TypeError or RangeError with Node's codes, before anything happens.
 */
export function parseDropInOptions(options: Options, call: Call): Settings {
  for (const name of dropInNames) if (name in options) return parser().parseDropInNames(options, call);
  return noSettings;
}

/** Our options of the drop-in alone. */
export function pickDropInOptions(options: Options): object {
  const picked: Record<string, unknown> = { __proto__: null };
  for (const name in options) if (isDropInName(name)) picked[name] = options[name];
  return picked;
}

const names: ReadonlySet<string> = new Set(dropInNames);

function isDropInName(name: string): boolean {
  return names.has(name);
}

function parser() {
  return require('./parse.js') as typeof import('./parse.js');
}

function steps() {
  return require('./steps.js') as typeof import('./steps.js');
}

/** @param values without a prototype */
export function stepsOfDropIn(values: Values): AttributeSteps {
  for (const _ in values) return steps().stepsOf('dropIn', values);
  return noSteps;
}

/** The highest descriptor that they name. @param values not empty */
export function highestNamedByDropIn(values: Values): number {
  return steps().highestNamedBy('dropIn', values);
}

const noSteps: AttributeSteps = { steps: () => [], ownMemory: false, privateMemory: false };
