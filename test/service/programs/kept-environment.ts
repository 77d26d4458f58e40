// For adopt.test.ts: the step listen-pid with the environment of this process, which the engine copies.
import { prefixed } from '#lib/file-actions.js';
import { FileActions, posixSpawn } from '#lib/index.js';
import { say } from '../../support/in-program.js';

const fileActions = prefixed([{ op: 'listen-pid' }], new FileActions());
say(
  await posixSpawn('/bin/true', ['true'], { fileActions }).then(
    () => 'started',
    ({ code, step }) => ({ code, step }),
  ),
);
