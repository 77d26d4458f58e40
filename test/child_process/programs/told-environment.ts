// What the programs share that tell which environment a child gets: its own variables, as the kernel gave them.
import { cp } from './door.js';

export function ownEntries(environ: Buffer): string {
  return environ
    .toString('latin1')
    .split('\0')
    .filter((entry) => /^(=?T_|NODE_V8_COVERAGE)/.test(entry))
    .map(escape)
    .join(' ');
}

export function seen(options?: object): string | undefined {
  try {
    const { stdout, error } = cp.spawnSync('cat', ['/proc/self/environ'], options);
    return error ? (error as NodeJS.ErrnoException).code : ownEntries(stdout as Buffer);
  } catch (error) {
    const { name, code, message } = error as NodeJS.ErrnoException;
    return [name, code, message].join();
  }
}

export function show(what: string, options?: object): void {
  console.log(`${what}:`, seen(options));
}
