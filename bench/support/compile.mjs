import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Compiles `bench/native/<name>.c` and returns the program's path. */
export function compileNative(name) {
  const program = path.join(root, 'build/bench', name);
  mkdirSync(path.dirname(program), { recursive: true });
  const source = path.join(root, 'bench/native', `${name}.c`);
  execFileSync(process.env.CC || 'cc', ['-O2', '-Wall', '-Wextra', '-Werror', '-o', program, source], {
    stdio: 'inherit',
  });
  return program;
}
