// Reading and closing a descriptor that is only a number: the one thing that each runtime does in its own way.
import { closeSync, createReadStream, readdirSync, readlinkSync } from 'node:fs';
import { Socket } from 'node:net';
import { text } from 'node:stream/consumers';

const isDeno = 'deno' in process.versions;

/** All that comes until the end; the descriptor is closed then. */
export function readAll(fd: number): Promise<string> {
  return text(isDeno ? new Socket({ fd }) : createReadStream('', { fd }));
}

/** Deno's fs closes only what it has opened itself; a Socket would, but makes the child's end non-blocking first. */
export const close: (fd: number) => void = isDeno ? closeByLibc() : closeSync;

function closeByLibc(): (fd: number) => void {
  const { Deno } = globalThis as unknown as { Deno: DenoForeign };
  const { symbols } = Deno.dlopen('libc.so.6', { close: { parameters: ['i32'], result: 'i32' } });
  return (fd) => symbols.close(fd);
}

interface DenoForeign {
  dlopen(library: string, functions: object): { symbols: { close(fd: number): number } };
}

/** `/proc/self/fd`, without the engine's reserve. */
export function openDescriptors(): Map<number, string> {
  const found = new Map<number, string>();
  for (const name of readdirSync('/proc/self/fd')) {
    try {
      const target = readlinkSync(`/proc/self/fd/${name}`);
      if (!target.startsWith('/memfd:forkless')) found.set(Number(name), target);
    } catch {
      // the one that read the directory
    }
  }
  return found;
}
