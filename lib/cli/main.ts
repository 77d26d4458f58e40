#!/usr/bin/env node
import { doctor } from './doctor.js';
import { explainCommand } from './explain-command.js';
import { doctorHelp, explainHelp, help } from './help.js';
import { UsageError } from './usage-error.js';
import { version } from './version.js';

const WRONG_USAGE = 2;

const commands: Readonly<Record<string, { run: (args: readonly string[]) => number; help: string }>> = {
  explain: { run: explainCommand, help: explainHelp },
  doctor: { run: doctor, help: doctorHelp },
};

process.exitCode = main(process.argv.slice(2));

function main([name = '--help', ...args]: readonly string[]): number {
  if (name === '--help' || name === '-h' || name === 'help')
    return say(commands[args[0] ?? '']?.help ?? help);
  if (name === '--version' || name === '-v') return say(`${version()}\n`);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) return refuse(`there is no command "${name}"`, '');
  if (args[0] === '--help' || args[0] === '-h') return say(command.help);
  try {
    return command.run(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return refuse(error.message, ` ${name}`);
  }
}

function say(text: string): number {
  process.stdout.write(text);
  return 0;
}

function refuse(message: string, command: string): number {
  process.stderr.write(`forkless: ${message}\nTry: forkless${command} --help\n`);
  return WRONG_USAGE;
}
