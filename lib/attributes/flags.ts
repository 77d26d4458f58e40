import { withFields } from '../own.js';

/** The command line of an attribute: its flags, and what their values mean. */

export interface Flag {
  readonly name: string;
  /** What stands for the value in the help; null: the flag takes none. */
  readonly value: string | null;
}

/** A flag that was given; `text` is empty for one without a value. */
export interface Given {
  readonly flag: string;
  readonly text: string;
}

export interface CommandLine<Value> {
  readonly flags: readonly Flag[];
  /** One line of help, where the flags do not speak for themselves. */
  readonly about: string | null;
  /**
   * The value of the option, of at least one flag, in the order in which they were given.
   * @throws an error with a `code`
   */
  readonly parse: (given: readonly Given[]) => Value;
}

/** A flag with one value; given twice, the last one counts. */
export function flag<Value>(
  name: string,
  value: string,
  parse: (text: string, flag: string) => Value,
): CommandLine<Value> {
  return {
    flags: [{ name, value }],
    about: null,
    parse: (given) => parse(given.at(-1)?.text ?? '', `--${name}`),
  };
}

/** A flag without a value. */
export function toggle(name: string): CommandLine<true> {
  return { flags: [{ name, value: null }], about: null, parse: () => true };
}

export function asText(text: string): string {
  return text;
}

export function asNumber(text: string, flag: string): number {
  if (!/^\d+$/.test(text)) throw wrongFlag(`${flag} takes a number, not ${text || 'nothing'}`);
  return Number(text);
}

/** A negative one is given as `--nice=-5`. */
export function asInteger(text: string, flag: string): number {
  if (!/^-?\d+$/.test(text)) throw wrongFlag(`${flag} takes an integer, not ${text || 'nothing'}`);
  return Number(text);
}

export function asOnOrOff(text: string, flag: string): boolean {
  if (text !== 'on' && text !== 'off') throw wrongFlag(`${flag} takes on or off, not ${text || 'nothing'}`);
  return text === 'on';
}

export function asOctal(text: string, flag: string): number {
  if (!/^0?o?[0-7]+$/.test(text)) throw wrongFlag(`${flag} takes an octal number, not ${text}`);
  return Number.parseInt(text.replace('o', ''), 8);
}

export function asList(text: string): string[] {
  return text === '' ? [] : text.split(',');
}

export function asNumbers(text: string, flag: string): number[] {
  return asList(text).map((entry) => asNumber(entry, flag));
}

/** Whether they are names of signals is for the attribute to find out. */
export function asSignals(text: string): readonly NodeJS.Signals[] {
  return asList(text) as NodeJS.Signals[];
}

export function asSignal(text: string): NodeJS.Signals {
  return text as NodeJS.Signals;
}

/** As the errors of arguments have it: a TypeError with a code. */
export function wrongFlag(message: string): TypeError {
  return withFields(new TypeError(message), { code: 'ERR_INVALID_ARG_VALUE' });
}
