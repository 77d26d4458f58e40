import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const options = ['-std=c11', '-O2', '-D_GNU_SOURCE', '-Wall', '-Wextra', '-Wconversion', '-Werror'];

/** Where the programs of the benchmark are. */
export const programs = path.join(root, 'build/bench');

/** The C contenders in one program. */
export function compileHost() {
  return compile('host', ['host', 'ways', 'setting', 'list', 'tasks', 'live']);
}

/** Static where the C library can be had so: it is small then, and ten thousand of it shall fit. */
export function compileSleeper() {
  return compile('sleeper', ['sleeper'], ['-static'], ['-O2']);
}

/** A program that ends at once. Static if that can be: the kernel then reads no other file for it. */
export function compileNothing() {
  return compile('nothing', ['nothing'], ['-static'], ['-O2']);
}

export function compileHelper(name) {
  return compile(name, [name]);
}

/**
 * Compiles sources of bench/native/ with the first of `choices` that works, or without one, unless what is there is
 * newer than they: the drop-in waits for exec while a file is young. Returns the path.
 */
function compile(name, sources, ...choices) {
  const program = path.join(programs, name);
  mkdirSync(programs, { recursive: true });
  const files = sources.map((source) => path.join(root, 'bench/native', `${source}.c`));
  if (isNewer(program, [...files, path.join(root, 'bench/native/host.h'), fileURLToPath(import.meta.url)]))
    return program;
  // In its place when it is whole: two runs may compile at once, and a file that runs cannot be written.
  const unfinished = `${program}.${process.pid}`;
  const failures = [];
  for (const more of choices.length > 0 ? choices : [[]]) {
    const args = [...options, ...more, '-o', unfinished, ...files];
    const { status, error, stderr } = spawnSync(process.env.CC || 'cc', args, { encoding: 'utf8' });
    if (status === 0) {
      renameSync(unfinished, program);
      return program;
    }
    failures.push(error?.message ?? stderr);
  }
  throw new Error(`${name} could not be compiled:\n${failures.join('\n')}`);
}

/** Than each of the sources. */
export function isNewer(program, sources) {
  return (
    existsSync(program) && sources.every((source) => statSync(source).mtimeMs < statSync(program).mtimeMs)
  );
}
