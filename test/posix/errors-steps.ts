import { constants as fileConstants, symlinkSync } from 'node:fs';
import type { constants } from 'node:os';
import type { PosixSpawnOptions } from 'forkless';
import { FileActions } from 'forkless';
import { makeFile } from '../support/starts.js';
import { makeFifo, tempPath } from '../support/temp.js';

const { O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = fileConstants;

export type ErrnoName = keyof typeof constants.errno | 'ENOEXEC';

export interface FailingStep {
  readonly what: string;
  readonly options: () => PosixSpawnOptions;
  readonly code: ErrnoName;
  readonly step: string;
  readonly syscall: string;
  /** Exactly those of path, fd and actionIndex that the error has. */
  readonly where?: Readonly<Record<string, unknown>>;
}

const actions = (add: (list: FileActions) => void) => (): PosixSpawnOptions => {
  const fileActions = new FileActions();
  add(fileActions);
  return { fileActions };
};

const link = makeLinkToItself();
const file = makeFile('');
const fifo = makeFifo();

/** One for each way in which a step can fail that needs no other process. */
export const failingSteps: readonly FailingStep[] = [
  {
    what: 'the second action opens a missing file',
    options: actions((list) => list.addClose(40).addOpen(5, '/no/such', 'r')),
    code: 'ENOENT',
    step: 'open',
    syscall: 'open',
    where: { path: '/no/such', fd: 5, actionIndex: 1 },
  },
  {
    what: 'an action must create a file that is there',
    options: actions((list) => list.addOpen(5, file, 'wx')),
    code: 'EEXIST',
    step: 'open',
    syscall: 'open',
    where: { path: file, fd: 5, actionIndex: 0 },
  },
  {
    what: 'an action opens a directory for writing',
    options: actions((list) => list.addOpen(1, '/', 'w')),
    code: 'EISDIR',
    step: 'open',
    syscall: 'open',
    where: { path: '/', fd: 1, actionIndex: 0 },
  },
  {
    what: 'an action opens a link that it must not follow',
    options: actions((list) => list.addOpen(5, link, O_NOFOLLOW)),
    code: 'ELOOP',
    step: 'open',
    syscall: 'open',
    where: { path: link, fd: 5, actionIndex: 0 },
  },
  {
    what: 'an action opens a FIFO that nobody reads, without waiting',
    options: actions((list) => list.addOpen(5, fifo, O_WRONLY | O_NONBLOCK)),
    code: 'ENXIO',
    step: 'open',
    syscall: 'open',
    where: { path: fifo, fd: 5, actionIndex: 0 },
  },
  {
    what: 'an action copies a closed descriptor',
    options: actions((list) => list.addClose(377).addClose(378).addDup2(377, 1)),
    code: 'EBADF',
    step: 'dup2',
    syscall: 'dup2',
    where: { fd: 377, actionIndex: 2 },
  },
  {
    what: 'an action inherits a closed descriptor',
    options: actions((list) => list.addInherit(377)),
    code: 'EBADF',
    step: 'inherit',
    syscall: 'fcntl',
    where: { fd: 377, actionIndex: 0 },
  },
  {
    what: 'an action changes to a missing directory',
    options: actions((list) => list.addChdir('/no/such')),
    code: 'ENOENT',
    step: 'chdir',
    syscall: 'chdir',
    where: { path: '/no/such', actionIndex: 0 },
  },
  {
    what: 'an action changes to a descriptor that is no directory',
    options: actions((list) => list.addOpen(5, file, 'r').addFchdir(5)),
    code: 'ENOTDIR',
    step: 'fchdir',
    syscall: 'fchdir',
    where: { fd: 5, actionIndex: 1 },
  },
  {
    what: 'an action gives the terminal away that a closed descriptor is',
    options: actions((list) => list.addTcsetpgrp(377)),
    code: 'EBADF',
    step: 'tcsetpgrp',
    syscall: 'ioctl',
    where: { fd: 377, actionIndex: 0 },
  },
  {
    what: 'fds name a closed descriptor',
    options: () => ({ fds: [0, 1, 2, 377] }),
    code: 'EBADF',
    step: 'dup2',
    syscall: 'dup2',
    where: { fd: 377 },
  },
  {
    what: 'cwd is missing',
    options: () => ({ cwd: '/no/such' }),
    code: 'ENOENT',
    step: 'chdir',
    syscall: 'chdir',
    where: { path: '/no/such' },
  },
  {
    what: 'cwd is a file',
    options: () => ({ cwd: file }),
    code: 'ENOTDIR',
    step: 'chdir',
    syscall: 'chdir',
    where: { path: file },
  },
  {
    what: 'the process group is not there',
    options: () => ({ pgroup: 0x7fffffff }),
    code: 'EPERM',
    step: 'setpgid',
    syscall: 'setpgid',
  },
  {
    what: 'the priority does not fit the scheduling policy',
    options: () => ({ schedPolicy: 'SCHED_FIFO', schedPriority: 0 }),
    code: 'EINVAL',
    step: 'setscheduler',
    syscall: 'sched_setscheduler',
  },
];

export function makeLinkToItself(): string {
  const path = tempPath('link');
  symlinkSync(path, path);
  return path;
}
