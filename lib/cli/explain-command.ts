import { builtin } from '../builtin.js';
import { explainSpawn } from '../explain-spawn.js';
import { features } from '../posix/features.js';
import { explain, explainSearched } from '../posix/posix-spawn.js';
import { flagTypes, optionsOf } from './attribute-flags.js';
import { asUsage, UsageError } from './usage-error.js';

const { parseArgs } = builtin('node:util');

const options = { ...flagTypes, spawn: { type: 'boolean' } } as const;

/** Prints the plan of a command line. 0. */
export function explainCommand(args: readonly string[]): number {
  const { own, command } = split(args);
  const [file, ...rest] = command;
  if (file === undefined) throw new UsageError('no COMMAND was given');
  process.stdout.write(asUsage(() => planOf(own, file, rest)));
  const { reason } = features();
  if (reason !== null) process.stderr.write(`forkless: nothing can be started here: ${reason}\n`);
  return 0;
}

function planOf(own: string[], file: string, args: readonly string[]): string {
  const { values, tokens } = parseArgs({ args: own, options, tokens: true });
  if (values['spawn'] === true) return explainSpawn(file, args, optionsOf(tokens, 'dropIn'));
  const print = file.includes('/') ? explain : explainSearched;
  return print(file, [file, ...args], optionsOf(tokens, 'posix'));
}

/** The first argument that is neither an option nor an option's value begins the command, as in env(1). */
function split(args: readonly string[]): { own: string[]; command: string[] } {
  let at = 0;
  while (at < args.length) {
    const argument = args[at] as string;
    if (argument === '--') return { own: args.slice(0, at), command: args.slice(at + 1) };
    if (!argument.startsWith('-')) break;
    const name = argument.slice(2);
    const takesValue = Object.hasOwn(flagTypes, name) && flagTypes[name]?.type === 'string';
    at += takesValue ? 2 : 1;
  }
  return { own: args.slice(0, at), command: args.slice(at) };
}
