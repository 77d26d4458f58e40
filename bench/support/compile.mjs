import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const options = ['-std=c11', '-O2', '-D_GNU_SOURCE', '-Wall', '-Wextra', '-Wconversion', '-Werror'];

/** The C contenders in one program. */
export function compileHost() {
  return compile('host', ['host', 'ways', 'setting', 'list', 'tasks', 'live']);
}

/** Static where the C library can be had so: it is small then, and ten thousand of it shall fit. */
export function compileSleeper() {
  return compile('sleeper', ['sleeper'], ['-static'], ['-O2']);
}

/** Compiles sources of bench/native/ with the first of `choices` that works, or without one. Returns the path. */
function compile(name, sources, ...choices) {
  const program = path.join(root, 'build/bench', name);
  mkdirSync(path.dirname(program), { recursive: true });
  const files = sources.map((source) => path.join(root, 'bench/native', `${source}.c`));
  const failures = [];
  for (const more of choices.length > 0 ? choices : [[]]) {
    const args = [...options, ...more, '-o', program, ...files];
    const { status, error, stderr } = spawnSync(process.env.CC || 'cc', args, { encoding: 'utf8' });
    if (status === 0) return program;
    failures.push(error?.message ?? stderr);
  }
  throw new Error(`${name} could not be compiled:\n${failures.join('\n')}`);
}
