import { builtin } from '../builtin.js';
import { codeOf, isGone } from './errors.js';

const { promises } = builtin('node:fs');

/** The files of a cgroup: each holds a value, or a line for each of several. */

export async function readText(file: string): Promise<string> {
  return (await promises.readFile(file, 'utf8')).trimEnd();
}

/** null: the kernel has no such file. */
export async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readText(file);
  } catch (error) {
    if (isGone(error) || isUnsupported(error)) return null;
    throw error;
  }
}

function isUnsupported(error: unknown): boolean {
  return codeOf(error) === 'EOPNOTSUPP' || codeOf(error) === 'ENOTSUP';
}

/** The number after the key in a file with a line for each; without a key of a file with one number. null: not there. */
export async function readNumber(file: string, key?: string): Promise<number | null> {
  const text = await readIfThere(file);
  if (text === null) return null;
  const line = key === undefined ? text : text.split('\n').find((each) => each.startsWith(`${key} `));
  const value = line?.split(' ').at(-1);
  return value === undefined ? null : Number(value);
}

export async function writeText(file: string, text: string): Promise<void> {
  // not made where it is missing: a file system of another kind would take it
  const handle = await promises.open(file, 'r+').catch((error) => {
    // some can only be written
    if (codeOf(error) === 'EACCES') return promises.open(file, builtin('node:fs').constants.O_WRONLY);
    throw error;
  });
  try {
    await handle.write(text);
  } catch (error) {
    throw Object.assign(error as Error, { path: file });
  } finally {
    await handle.close();
  }
}

/** The cgroup itself and all below it, the deepest first. None: it is gone. */
export async function foldersIn(folder: string): Promise<string[]> {
  let entries: import('node:fs').Dirent[];
  try {
    entries = await promises.readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
  const below: string[] = [];
  for (const entry of entries)
    if (entry.isDirectory()) below.push(...(await foldersIn(`${folder}/${entry.name}`)));
  return [...below, folder];
}

/** The processes in it and in all below it; 0 stands for one of another pid namespace. */
export async function processesIn(folder: string): Promise<number[]> {
  const pids = new Set<number>();
  for (const each of await foldersIn(folder)) {
    const text = await readText(`${each}/cgroup.procs`).catch((error) => {
      // a threaded cgroup has no such list: its processes are in that of the one above it
      if (isGone(error) || isUnsupported(error)) return '';
      throw error;
    });
    for (const line of text.split('\n')) if (line !== '') pids.add(Number(line));
  }
  return [...pids];
}
