import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { at } from '../support/paths.js';
import { tempPath } from '../support/temp.js';

const loader = '/lib/ld-musl-x86_64.so.1';

/** Why no program for musl can run here, or null. */
export function muslObstacle(): string | null {
  return existsSync(loader) ? null : `there is no ${loader} (Debian: musl)`;
}

let folder: string | undefined;

/** A folder of libraries for LD_LIBRARY_PATH, with which a C++ program for musl finds what it needs. */
export function muslLibraries(): string {
  folder ??= makeFolder();
  return folder;
}

function makeFolder(): string {
  const made = tempPath('musl-libraries');
  mkdirSync(made);
  for (const library of ['libstdc++.so.6', 'libgcc_s.so.1']) {
    const file = execFileSync('gcc', [`-print-file-name=${library}`], { encoding: 'utf8' });
    symlinkSync(file.trim(), `${made}/${library}`);
  }
  const names = 'ld-linux-x86-64.so.2';
  const flags = ['-O1', '-shared', '-fPIC', '-nostdlib', '-fno-builtin', `-Wl,-soname,${names}`];
  execFileSync('gcc', [...flags, '-o', `${made}/${names}`, at('test/loading/musl-names.c')]);
  return made;
}
