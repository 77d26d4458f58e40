// Starts a process, drops the permission, and tries again.
import { readParameters, say } from '../../support/in-program.js';
import { loadDoors, tryStarts } from './refused-starts.js';

const { made } = readParameters<{ made: string }>();
const doors = await loadDoors();
const { code } = await doors.posixSpawnSync('/bin/true', ['true']).exited;
(process as unknown as { permission: { drop(scope: string): void } }).permission.drop('child');
say({ code, ...(await tryStarts(doors, made)) });
