import { subscribe } from 'node:diagnostics_channel';
import { posixSpawnSync } from 'forkless';
import { say } from '../../support/in-program.js';

const told: unknown[] = [];
subscribe('node:permission-model:child', (message) => {
  const { permission, resource } = message as { permission: string; resource: string };
  told.push({ permission, resource });
});
await posixSpawnSync('/bin/true', ['true']).exited;
say(told);
