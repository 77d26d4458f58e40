// Programs for Workers in each form. They stand outside of the repository, where no package is found by its name.
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { tempPath } from '../../support/temp.js';

const folder = tempPath('workers');
mkdirSync(folder);

export const modern = place('worker-modern.js', 'worker.mjs');
export const common = place('worker-common.cjs');
export const telling = place('worker-telling.cjs');
export const nested = place('worker-nested.cjs');
export const flags = fileURLToPath(new URL('./worker-flags.cjs', import.meta.url));

export function textOf(file: string): string {
  return readFileSync(file, 'utf8');
}

/** What `nested` makes, from now on. */
export function nest(file: string, options?: object): void {
  process.env['NESTED'] = JSON.stringify({ file, options });
}

/** The message that a Worker sends before it ends. */
export async function messageOf(worker: Worker): Promise<unknown> {
  const [[message]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')]);
  return message;
}

function place(compiled: string, name = compiled): string {
  const file = `${folder}/${name}`;
  copyFileSync(new URL(`./${compiled}`, import.meta.url), file);
  return file;
}
