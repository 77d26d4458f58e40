// For starts.test.ts: an ordinary user asks for another one.
import type { SpawnError } from 'forkless';
import { posixSpawn } from 'forkless';
import { spawnSync } from 'forkless/child_process';
import { posixOptions, spawnOptions } from 'forkless/service';
import { say } from '../../support/in-program.js';

const told = ({ code, step }: SpawnError) => ({ code, step });
const service = { user: 'daemon' };
const posix = await posixSpawn('/bin/true', ['true'], posixOptions(service)).then(() => 'started', told);
const { error } = spawnSync('/bin/true', [], spawnOptions(service));
say({ posix, dropIn: told((error as Error).cause as SpawnError) });
