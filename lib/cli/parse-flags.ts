import type { ParseArgsConfig } from 'node:util';
import { builtin } from '../builtin.js';
import { suggestion } from './suggest.js';
import { asUsage, UsageError } from './usage-error.js';

const { parseArgs } = builtin('node:util');

type Options = NonNullable<ParseArgsConfig['options']>;

/** `parseArgs` with tokens. @throws UsageError, which for an unknown option suggests a similar one. */
export function parseFlags<const O extends Options>(args: readonly string[], options: O) {
  try {
    return asUsage(() => parseArgs({ args: [...args], options, tokens: true }));
  } catch (error) {
    // Node's text goes on with advice that fits a command with operands.
    const [, name] = /^Unknown option '(-[^']*)'/.exec((error as Error).message) ?? [];
    if (name === undefined) throw error;
    const similar = suggestion(name.replace(/^-+/, ''), Object.keys(options), '--');
    throw new UsageError(`there is no option "${name}"${similar}`);
  }
}
