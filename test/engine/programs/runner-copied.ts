// For runner.test.ts: a copy of the package, whose binary nobody may execute.
import { chmodSync, cpSync, mkdirSync } from 'node:fs';
import { features } from 'forkless';
import { say } from '../../support/in-program.js';
import { at } from '../../support/paths.js';
import { tempPath } from '../../support/temp.js';

const folder = tempPath('package');
const binary = `${folder}/build/Release/forkless.node`;
mkdirSync(`${folder}/build/Release`, { recursive: true });
cpSync(at('dist'), `${folder}/dist`, { recursive: true });
cpSync(at('package.json'), `${folder}/package.json`);
cpSync(features().binary ?? '', binary);
chmodSync(binary, 0o644);
const copy: typeof import('forkless') = await import(`${folder}/dist/index.js`);
const child = copy.posixSpawnSync('/bin/sh', ['sh', '-c', 'exit $(($(id -u) == 4242 ? 7 : 8))'], {
  uid: 4242,
  gid: 4242,
});
const { code } = await child.exited;
const { runner, rungs, binary: used } = copy.features();
say({ code, runner, rungs, isCopy: used === binary });
