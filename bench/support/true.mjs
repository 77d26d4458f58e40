// The program that every measurement starts: it does nothing, with 0–2 on /dev/null.
import { openSync } from 'node:fs';
import { posixSpawn } from 'forkless';

const nothing = openSync('/dev/null', 'r+');

/** Starts it, with more options. */
export function startTrue(options = {}) {
  return posixSpawn('/bin/true', ['true'], { fds: [nothing, nothing, nothing], ...options });
}

/** From the start to the end. */
export async function runTrue() {
  const process = await startTrue();
  await process.exited;
}

/** A program that starts one process is not in a hurry; one that starts many has compiled code. */
export async function warmUp(starts = 1500) {
  for (let count = 0; count < starts; count++) await runTrue();
}
