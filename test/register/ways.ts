import { programUrl } from '../support/program.js';
import type { RunOptions } from '../support/run-node.js';
import { runNodeForValue } from '../support/run-node.js';

/** A way to register a program. */
export interface Way {
  readonly title: string;
  readonly options: RunOptions;
  /** Modules that the program imports first. */
  readonly imports?: readonly string[];
}

export const byFlag: Way = { title: '--import', options: { nodeArgs: ['--import', 'forkless/register'] } };
export const byImport: Way = {
  title: 'an import in the program',
  options: {},
  imports: ['forkless/register'],
};

export const ways: readonly Way[] = [
  byFlag,
  { title: '--require', options: { nodeArgs: ['--require', 'forkless/register'] } },
  { title: 'NODE_OPTIONS', options: { env: { NODE_OPTIONS: '--import=forkless/register' } } },
  byImport,
];

/** A module of programs/, which reads these parameters, if it has any, by `preloadedParameters`. */
export function preload(name: string, parameters?: unknown, testUrl = import.meta.url): string {
  const { href } = programUrl(testUrl, name);
  return parameters === undefined ? href : `${href}?${encodeURIComponent(JSON.stringify(parameters))}`;
}

/** By flags that run these modules before the program, one after the other. */
export function byFlags(modules: readonly string[], ...flags: readonly string[]): Way {
  const nodeArgs = [...flags, ...modules.flatMap((module) => ['--import', module])];
  return { title: modules.join(), options: { nodeArgs } };
}

/** The value that programs/NAME says, in a program that is registered this way, or not at all. */
export function ask<T>(
  way: Way | undefined,
  name: string,
  parameters: unknown = null,
  more: RunOptions = {},
  testUrl = import.meta.url,
): Promise<T> {
  const { options = {}, imports = [] } = way ?? {};
  const url = programUrl(testUrl, name);
  // All are linked before the first is run, as in one program.
  const text = [...imports, url.href].map((module) => `import ${JSON.stringify(module)};`).join(' ');
  return runNodeForValue<T>(imports.length > 0 ? text : url, {
    bare: true,
    ...options,
    ...more,
    args: [JSON.stringify(parameters)],
    env: { ...options.env, ...more.env },
    nodeArgs: [...(options.nodeArgs ?? []), ...(more.nodeArgs ?? [])],
  });
}
