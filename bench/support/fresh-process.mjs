// Each case has a Node process of its own, so that a gigabyte or a warm cache of one case does not disturb the next.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const runner = fileURLToPath(new URL('./run-case.mjs', import.meta.url));

/** Calls the default export of `bench/cases/<name>.mjs` with `options` in a new process, under a Node with `flags`. */
export async function inFreshProcess(name, options = {}, flags = []) {
  const args = [...flags, runner, name, JSON.stringify(options)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 300_000 });
  return JSON.parse(stdout);
}
