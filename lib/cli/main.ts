#!/usr/bin/env node
import { doctor } from './doctor.js';
import { explainCommand } from './explain-command.js';
import { doctorHelp, explainHelp, help } from './help.js';
import { UsageError } from './usage-error.js';
import { version } from './version.js';

const WRONG_USAGE = 2;

type Run = (args: readonly string[]) => number | Promise<number>;

const commands: Readonly<Record<string, { run: Run; help: string }>> = {
  explain: { run: explainCommand, help: explainHelp },
  doctor: { run: doctor, help: doctorHelp },
};

// EPIPE: the reader has read enough, exit 0. Any other write error: exit 1.
process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  if (code !== 'EPIPE') process.stderr.write(`forkless: ${message}\n`);
  process.exit(code === 'EPIPE' ? 0 : 1);
});
void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});

async function main([name = '--help', ...args]: readonly string[]): Promise<number> {
  if (['--help', '-h', 'help'].includes(name)) return helpWith(args);
  if (['--version', '-v'].includes(name) && args.length === 0) return say(`${version()}\n`);
  const command = commandOf(name);
  if (command === undefined) return refuse(`there is no command "${name}"`, '');
  if (args[0] === '--help' || args[0] === '-h') return say(command.help);
  try {
    return await command.run(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return refuse(error.message, ` ${name}`);
  }
}

function helpWith([name, ...others]: readonly string[]): number {
  if (name === undefined) return say(help);
  const command = others.length === 0 ? commandOf(name) : undefined;
  return command ? say(command.help) : refuse(`there is no help on "${[name, ...others].join(' ')}"`, '');
}

function commandOf(name: string) {
  return Object.hasOwn(commands, name) ? commands[name] : undefined;
}

function say(text: string): number {
  process.stdout.write(text);
  return 0;
}

function refuse(message: string, command: string): number {
  process.stderr.write(`forkless: ${message}\nTry: forkless${command} --help\n`);
  return WRONG_USAGE;
}
