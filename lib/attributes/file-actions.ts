import { checkFileActions, FileActions, snapshotOf } from '../file-actions.js';
import { attribute } from './attribute.js';
import { wrong } from './codecs.js';
import type { CommandLine, Given } from './flags.js';
import { asNumber, wrongFlag } from './flags.js';

export interface FileActionsOption {
  /**
   * What the child does with its descriptors and its working directory after `fds`, or after the drop-in's `stdio` and
   * `cwd`, in order. Default: nothing.
   */
  fileActions?: FileActions | undefined;
}

const flags = {
  open: 'FD:FLAGS:PATH',
  dup2: 'FD:NEWFD',
  close: 'FD',
  closefrom: 'FD',
  inherit: 'FD',
  chdir: 'DIR',
  fchdir: 'FD',
  tcsetpgrp: 'FD',
} as const;

const commandLine: CommandLine<FileActions> = {
  flags: Object.entries(flags).map(([name, value]) => ({ name, value })),
  about: 'file actions, in the order in which they are given; FLAGS as in fs.open',
  parse(given) {
    const actions = new FileActions();
    for (const each of given) add(actions, each);
    return actions;
  },
};

function add(actions: FileActions, { flag, text }: Given): FileActions {
  const fd = (number = text): number => asNumber(number, `--${flag}`);
  switch (flag as keyof typeof flags) {
    case 'open': {
      const [, target, how, path] = /^(\d+):([^:]+):(.*)$/s.exec(text) ?? [];
      if (path === undefined) throw wrongFlag(`--open takes FD:FLAGS:PATH, not ${text}`);
      return actions.addOpen(fd(target), path, how as 'r');
    }
    case 'dup2': {
      const [from, to, more] = text.split(':');
      if (to === undefined || more !== undefined) throw wrongFlag(`--dup2 takes FD:NEWFD, not ${text}`);
      return actions.addDup2(fd(from), fd(to));
    }
    case 'close':
      return actions.addClose(fd());
    case 'closefrom':
      return actions.addClosefrom(fd());
    case 'inherit':
      return actions.addInherit(fd());
    case 'chdir':
      return actions.addChdir(text);
    case 'fchdir':
      return actions.addFchdir(fd());
    case 'tcsetpgrp':
      return actions.addTcsetpgrp(fd());
  }
}

export const fileActions = attribute<FileActionsOption>()({
  name: 'fileActions',
  kind: 'option',
  doors: { posix: 'own', dropIn: 'own' },
  codec: {
    check: checkFileActions,
    wrong: () => {
      const likes = [null, {}, [], 5, 'x', FileActions, { addClose() {} }];
      return [
        ...likes.map((value) => wrong('ERR_INVALID_ARG_TYPE', JSON.stringify(value) ?? 'the class', value)),
        wrong('ERR_INVALID_ARG_TYPE', 'its prototype alone', Object.create(FileActions.prototype)),
      ];
    },
  },
  right: () => [new FileActions(), new FileActions().addClose(9)],
  phase: 'actions',
  memory: 'shared',
  set(settings, actions) {
    settings.actions = snapshotOf(actions);
  },
  documentation: {
    errors: 'that of the action, with its `actionIndex`',
    shape: '[`FileActions`](file-actions.md)',
    default: { posix: 'none' },
    meaning:
      'Carried out after `fds`, in the drop-in after `stdio` and `cwd`, in the order in which they were added.',
  },
  commandLine,
  like: { posix: 'posix_spawn_file_actions_t', systemd: 'StandardInput= …', python: 'os.posix_spawn' },
});
