import { dirname } from 'node:path';
import { muslLibraries, muslObstacle } from './musl.js';
import { bareEnvironment, programAt } from './programs.js';

/** Something that runs JavaScript and loads addons. */
export interface Runtime {
  /** As scripts/install.mjs prints it. */
  readonly name: string;
  readonly flags: readonly string[];
  /** Has a child_process of its own, which is left alone. */
  readonly ownChildProcess: boolean;
  /** What loads forkless/register before the program. */
  readonly register: { readonly flags: readonly string[]; readonly env?: Readonly<Record<string, string>> };
  /** Whether its node:fs, and whether its net.Socket, take descriptors that it has not opened itself. */
  readonly numbers: { readonly fs: boolean; readonly sockets: boolean };
  readonly musl?: boolean;
}

const node = {
  flags: [],
  ownChildProcess: false,
  register: { flags: ['--import', 'forkless/register'] },
  numbers: { fs: true, sockets: true },
};
const bun = {
  flags: [],
  ownChildProcess: true,
  register: { flags: ['--preload', 'forkless/register'] },
  numbers: { fs: true, sockets: false },
};

export const runtimes: readonly Runtime[] = [
  ...['20.19.0', '22.12.0', '20', '22', '24', '26'].map((line) => ({ ...node, name: `node-${line}` })),
  { ...bun, name: 'bun' },
  {
    name: 'deno',
    flags: ['run', '--allow-all'],
    ownChildProcess: true,
    register: { flags: ['--preload', './node_modules/forkless/dist/register.js'] },
    numbers: { fs: false, sockets: true },
  },
  { ...bun, name: 'bun-musl', musl: true },
  // A Node with a program in it heeds only NODE_OPTIONS, and there no --import.
  {
    ...node,
    name: 'node-musl',
    musl: true,
    register: { flags: [], env: { NODE_OPTIONS: '--require=forkless/register' } },
  },
];

export function programOf({ name }: Runtime): string | undefined {
  return programAt(name);
}

/** Why it cannot run here although it is there, or null. */
export function obstacleOf({ musl }: Runtime): string | null {
  return musl === true ? muslObstacle() : null;
}

export function environmentOf(runtime: Runtime): Record<string, string> {
  const bare = bareEnvironment(dirname(programOf(runtime) ?? ''));
  return runtime.musl === true ? { ...bare, LD_LIBRARY_PATH: muslLibraries() } : bare;
}
