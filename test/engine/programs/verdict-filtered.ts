// For verdict.test.ts: the error of a start under a filter.
import type { PosixSpawnOptions } from 'forkless';
import { FileActions, posixSpawn } from 'forkless';
import { readParameters, say } from '../../support/in-program.js';
import { meddle } from '../../support/meddle.js';
import { childrenOf } from '../../support/proc.js';

/** File actions close the descriptor `close` and then open the file `open`. */
const { rules, umask, close, open } = readParameters<{
  rules: string;
  umask?: number;
  close?: number;
  open?: string;
}>();
const fileActions = new FileActions();
if (close !== undefined) fileActions.addClose(close);
if (open !== undefined) fileActions.addOpen(7, open, 'r');
const options: PosixSpawnOptions = { fileActions, ...(umask !== undefined && { umask }) };

meddle.installSeccomp(rules, false);
await posixSpawn('/bin/true', ['true'], options).then(
  () => say('no error'),
  (error) => say({ ...error, message: error.message, children: childrenOf().length }),
);
// By signal, because Node may make the forbidden call in its end.
process.kill(process.pid, 'SIGKILL');
