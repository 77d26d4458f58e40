// Small projects with the packed package in their node_modules, for the tools that other people run on theirs.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { at } from '../support/paths.js';
import { tempPath } from '../support/temp.js';
import { consumer } from './packed.js';
import { bareEnvironment, programAt, type RunOptions, run } from './programs.js';

export interface Project {
  readonly folder: string;
  /** Runs a program under the Node of the tests. @throws with what it said, where it does not end with 0. */
  node(args: readonly string[], more?: Partial<RunOptions>): Promise<string>;
  /** The same under another Node. */
  program(file: string, args: readonly string[], more?: Partial<RunOptions>): Promise<string>;
  write(file: string, text: string): void;
}

/**
 * A folder with the files of projects/NAME, the package, and links to folders of node_modules, by their names.
 * @param links where each lies
 */
export async function makeProject(
  name: string,
  links: Readonly<Record<string, string>> = {},
): Promise<Project> {
  const folder = tempPath(name);
  cpSync(at(`test/loading/projects/${name}`), folder, { recursive: true });
  cpSync(join(await consumer(), 'node_modules'), join(folder, 'node_modules'), { recursive: true });
  // npm's list of what it has installed: the tools are not in it
  rmSync(join(folder, 'node_modules/.package-lock.json'), { force: true });
  for (const [link, target] of Object.entries(links)) {
    mkdirSync(dirname(join(folder, 'node_modules', link)), { recursive: true });
    symlinkSync(target, join(folder, 'node_modules', link));
  }
  const program: Project['program'] = async (file, args, { env, ...rest } = {}) => {
    const bare = bareEnvironment(dirname(file));
    return (await run([file, ...args], { cwd: folder, env: { ...bare, ...env }, ...rest })).stdout;
  };
  return {
    folder,
    program,
    node: (args, more) => program(process.execPath, args, more),
    write: (file, text) => writeFileSync(join(folder, file), text),
  };
}

/** Copies a package and what it depends on, for a tool that looks from its own place for what its users name. */
export function copyWithDependencies(name: string, from: string, project: Project): void {
  const target = join(project.folder, 'node_modules', name);
  if (existsSync(target) || !existsSync(join(from, name))) return;
  cpSync(join(from, name), target, { recursive: true, dereference: true });
  const { dependencies = {} } = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8'));
  for (const dependency of Object.keys(dependencies)) copyWithDependencies(dependency, from, project);
}

/** Where the packages of a row lie that scripts/install.mjs prints: the folder node_modules of them all. */
export function modulesOf(name: string): string {
  const place = programAt(name) ?? '';
  return place.slice(0, place.lastIndexOf('/node_modules/') + '/node_modules'.length);
}
