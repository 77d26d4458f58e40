import type { FuturePlan } from '../plan/data.js';
import { planData } from '../plan/data.js';
import { printPlan } from '../plan/print.js';
import { features } from '../posix/features.js';
import { plannedStart } from '../posix/posix-spawn.js';
import { flagTypes, optionsOf } from './attribute-flags.js';
import { parseFlags } from './parse-flags.js';
import { spawnArguments, spawnFlagTypes } from './spawn-flags.js';
import { asUsage, UsageError } from './usage-error.js';

const ownTypes = { spawn: { type: 'boolean' }, json: { type: 'boolean' }, ...spawnFlagTypes } as const;
const types = { ...flagTypes, ...ownTypes };

type Command = readonly [string, ...string[]];
type Dropin = typeof import('../child_process/explain.js');

/** Prints the plan of a command line. 0. */
export async function explainCommand(args: readonly string[]): Promise<number> {
  const { own, command } = split(args);
  const { values, tokens } = parseFlags(own, types);
  if (!isCommand(command)) throw new UsageError('no COMMAND was given');
  // Loaded when it is needed: it takes longer than the rest.
  const dropIn = values['spawn'] === true ? await import('../child_process/explain.js') : null;
  const planned = asUsage(() =>
    dropIn === null ? planOfPosixSpawn(tokens, command) : planOfSpawn(dropIn, values, tokens, command),
  );
  const { plan, names } = planned;
  process.stdout.write(
    values['json'] === true ? `${JSON.stringify(planData(planned), undefined, 2)}\n` : printPlan(plan, names),
  );
  const { reason } = features();
  if (reason !== null) process.stderr.write(`forkless: nothing can be started here: ${reason}\n`);
  return 0;
}

type Parsed = ReturnType<typeof parseFlags<typeof types>>;

function planOfPosixSpawn(tokens: Parsed['tokens'], command: Command): FuturePlan {
  const spawnOnly = tokens.find(
    (token) => token.kind === 'option' && Object.hasOwn(spawnFlagTypes, token.name),
  );
  if (spawnOnly?.kind === 'option') throw new UsageError(`${spawnOnly.rawName} goes with --spawn alone`);
  const [file] = command;
  return { plan: plannedStart(file, command, optionsOf(tokens, 'posix')) };
}

function planOfSpawn(
  dropIn: Dropin,
  values: Parsed['values'],
  tokens: Parsed['tokens'],
  command: Command,
): FuturePlan {
  const { file, args, options } = spawnArguments(values, command);
  return dropIn.plannedSpawn(file, args, { ...options, ...optionsOf(tokens, 'dropIn') });
}

function isCommand(words: readonly string[]): words is Command {
  return words.length > 0;
}

/** The first argument that is neither an option nor an option's value begins the command, as in env(1). */
function split(args: readonly string[]): { own: string[]; command: string[] } {
  const takingValue = new Set(
    Object.entries(types)
      .filter(([, { type }]) => type === 'string')
      .map(([name]) => `--${name}`),
  );
  let at = 0;
  while (at < args.length) {
    const argument = args[at] as string;
    if (argument === '--') return { own: args.slice(0, at), command: args.slice(at + 1) };
    if (!argument.startsWith('-')) break;
    at += takingValue.has(argument) ? 2 : 1;
  }
  return { own: args.slice(0, at), command: args.slice(at) };
}
