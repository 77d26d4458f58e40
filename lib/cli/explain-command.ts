import { parseArgs } from 'node:util';
import { FileActions } from '../options/file-actions.js';
import { features } from '../posix/features.js';
import type { PosixSpawnOptions } from '../posix/options.js';
import { explain, explainSearched } from '../posix/posix-spawn.js';
import { asUsage, UsageError } from './usage-error.js';

const one = { type: 'string' } as const;
const many = { type: 'string', multiple: true } as const;
const flag = { type: 'boolean' } as const;

const options = {
  cwd: one,
  umask: one,
  'cloexec-default': flag,
  env: many,
  'clear-env': flag,
  fds: one,
  setsid: flag,
  pgroup: one,
  'reset-ids': flag,
  uid: one,
  gid: one,
  groups: one,
  sigmask: one,
  sigdefault: one,
  sigignore: one,
  'sched-policy': one,
  'sched-priority': one,
  open: many,
  dup2: many,
  close: many,
  closefrom: many,
  inherit: many,
  chdir: many,
  fchdir: many,
  tcsetpgrp: many,
} as const;

/** Prints the plan of a command line. 0. */
export function explainCommand(args: readonly string[]): number {
  const { own, command } = split(args);
  const [file, ...rest] = command;
  if (file === undefined) throw new UsageError('no COMMAND was given');
  const print = file.includes('/') ? explain : explainSearched;
  process.stdout.write(asUsage(() => print(file, [file, ...rest], optionsOf(own))));
  const { reason } = features();
  if (reason !== null) process.stderr.write(`forkless: nothing can be started here: ${reason}\n`);
  return 0;
}

/** The first argument that is neither an option nor an option's value begins the command, as in env(1). */
function split(args: readonly string[]): { own: string[]; command: string[] } {
  let at = 0;
  while (at < args.length) {
    const argument = args[at] as string;
    if (argument === '--') return { own: args.slice(0, at), command: args.slice(at + 1) };
    if (!argument.startsWith('-')) break;
    const takesValue = options[argument.slice(2) as keyof typeof options]?.type === 'string';
    at += takesValue ? 2 : 1;
  }
  return { own: args.slice(0, at), command: args.slice(at) };
}

function optionsOf(own: string[]): PosixSpawnOptions {
  const { values, tokens } = parseArgs({ args: own, options, tokens: true });
  const actions = new FileActions();
  for (const token of tokens)
    if (token.kind === 'option' && token.value !== undefined) addAction(actions, token.name, token.value);
  return {
    cwd: values.cwd,
    umask: values.umask === undefined ? undefined : octal(values.umask),
    cloexecDefault: values['cloexec-default'],
    env: environment(values.env, values['clear-env'] === true),
    fds: values.fds?.split(',').map((fd) => (fd === '-' ? null : number('--fds', fd))),
    setsid: values.setsid,
    pgroup: optional('--pgroup', values.pgroup),
    resetIds: values['reset-ids'],
    uid: optional('--uid', values.uid),
    gid: optional('--gid', values.gid),
    groups: values.groups === undefined ? undefined : list(values.groups).map((id) => number('--groups', id)),
    sigmask: signals(values.sigmask),
    sigdefault: values.sigdefault === 'all' ? 'all' : signals(values.sigdefault),
    sigignore: signals(values.sigignore),
    schedPolicy: values['sched-policy'] as PosixSpawnOptions['schedPolicy'],
    schedPriority: optional('--sched-priority', values['sched-priority']),
    fileActions: actions,
  };
}

function addAction(actions: FileActions, name: string, value: string): void {
  const fd = (text = value): number => number(`--${name}`, text);
  switch (name) {
    case 'open': {
      const [, target, flags, path] = /^(\d+):([^:]+):(.*)$/s.exec(value) ?? [];
      if (target === undefined || path === undefined)
        throw new UsageError(`--open takes FD:FLAGS:PATH, not ${value}`);
      actions.addOpen(fd(target), path, flags as 'r');
      return;
    }
    case 'dup2': {
      const [from, to, more] = value.split(':');
      if (to === undefined || more !== undefined) throw new UsageError(`--dup2 takes FD:NEWFD, not ${value}`);
      actions.addDup2(fd(from), fd(to));
      return;
    }
    case 'close':
      actions.addClose(fd());
      return;
    case 'closefrom':
      actions.addClosefrom(fd());
      return;
    case 'inherit':
      actions.addInherit(fd());
      return;
    case 'fchdir':
      actions.addFchdir(fd());
      return;
    case 'tcsetpgrp':
      actions.addTcsetpgrp(fd());
      return;
    case 'chdir':
      actions.addChdir(value);
  }
}

function environment(pairs: readonly string[] | undefined, clear: boolean): PosixSpawnOptions['env'] {
  if (pairs === undefined && !clear) return undefined;
  const given = (pairs ?? []).map((pair) => {
    const end = pair.indexOf('=');
    if (end < 1) throw new UsageError(`--env takes NAME=VALUE, not ${pair}`);
    return [pair.slice(0, end), pair.slice(end + 1)] as const;
  });
  return { ...(clear ? {} : process.env), ...Object.fromEntries(given) };
}

function signals(text: string | undefined): readonly NodeJS.Signals[] | undefined {
  return text === undefined ? undefined : (list(text) as NodeJS.Signals[]);
}

function list(text: string): string[] {
  return text === '' ? [] : text.split(',');
}

function optional(name: string, text: string | undefined): number | undefined {
  return text === undefined ? undefined : number(name, text);
}

function number(name: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new UsageError(`${name} takes a number, not ${text || 'nothing'}`);
  return Number(text);
}

function octal(text: string): number {
  if (!/^0?o?[0-7]+$/.test(text)) throw new UsageError(`--umask takes an octal number, not ${text}`);
  return Number.parseInt(text.replace('o', ''), 8);
}
