#!/usr/bin/env node
import { doctor } from './doctor.js';
import { explainCommand } from './explain-command.js';
import { doctorHelp, explainHelp, help } from './help.js';
import { suggestion } from './suggest.js';
import { isUnavailable, UsageError } from './usage-error.js';
import { version } from './version.js';

const UNAVAILABLE = 1;
const WRONG_USAGE = 2;

type Run = (args: readonly string[]) => number | Promise<number>;

const commands: Readonly<Record<string, { run: Run; help: string }>> = {
  explain: { run: explainCommand, help: explainHelp },
  doctor: { run: doctor, help: doctorHelp },
  help: { run: helpWith, help },
  version: { run: sayVersion, help },
};
/** Other spellings of commands. */
const aliases: Readonly<Record<string, string>> = {
  '--help': 'help',
  '-h': 'help',
  '--version': 'version',
  '-v': 'version',
};

// EPIPE: the reader has read enough, exit 0. Any other write error: exit 1.
process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  if (code !== 'EPIPE') process.stderr.write(`forkless: ${message}\n`);
  process.exit(code === 'EPIPE' ? 0 : 1);
});
void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});

async function main([given = 'help', ...args]: readonly string[]): Promise<number> {
  const name = ownValue(aliases, given) ?? given;
  const command = ownValue(commands, name);
  if (command === undefined) return refuse(`there is no command "${given}"${similarCommand(given)}`, '');
  if (args[0] === '--help' || args[0] === '-h') return say(command.help);
  try {
    return await command.run(args);
  } catch (error) {
    if (error instanceof UsageError) return refuse(error.message, command.help === help ? '' : ` ${name}`);
    if (!(error instanceof Error && isUnavailable(error))) throw error;
    process.stderr.write(`forkless: ${error.message}\n`);
    return UNAVAILABLE;
  }
}

function helpWith([name, ...others]: readonly string[]): number {
  if (name === undefined) return say(help);
  const command = others.length === 0 ? ownValue(commands, name) : undefined;
  if (command === undefined)
    throw new UsageError(`there is no help on "${[name, ...others].join(' ')}"${similarCommand(name)}`);
  return say(command.help);
}

function sayVersion([more]: readonly string[]): number {
  if (more !== undefined) throw new UsageError(`the version has no options, and "${more}" was given`);
  return say(`${version()}\n`);
}

function similarCommand(name: string): string {
  return suggestion(name, Object.keys(commands));
}

function ownValue<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function say(text: string): number {
  process.stdout.write(text);
  return 0;
}

function refuse(message: string, command: string): number {
  process.stderr.write(`forkless: ${message}\nTry: forkless${command} --help\n`);
  return WRONG_USAGE;
}
