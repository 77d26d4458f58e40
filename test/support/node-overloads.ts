import { readFileSync } from 'node:fs';

export interface WantedModule {
  /** How many overloads were changed. */
  readonly overloads: number;
  /** How many of them take options. The promise forms are not counted. */
  readonly withOptions: number;
  /**
   * Declares the module 'wanted'. Its `TakesWrong` has, for each overload with options, whether ours takes its arguments
   * with a wrong value of an option of ours. An overload that does not know our options would.
   */
  readonly text: string;
}

/**
 * Reads the child_process.d.ts of an @types/node, and changes each overload there: what it returns has what ours adds.
 * Ours must fulfil that.
 */
export function wantedModule(file: string): WantedModule {
  const declarations = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  let text = '';
  const wrong: string[] = [];
  let rest = 0;
  let overloads = 0;
  for (const { 0: start, 1: name, index } of declarations.matchAll(/^\s*function (\w+)\(/gm)) {
    const result = closing(declarations, index + start.length, ')') + 2;
    const parameters = declarations.slice(index + start.length, result - 2);
    if (name !== '__promisify__' && /\boptions\??:/.test(parameters))
      wrong.push(`Takes<Ours['${name}'], (${parameters}) => void>`);
    const end = closing(declarations, result, ';');
    text += `${declarations.slice(rest, result)} WithFields<${declarations.slice(result, end)}>`;
    rest = end;
    overloads++;
  }
  text += declarations.slice(rest);
  // One name of the module declares it, the other one exports that again.
  const again = /^declare module "(?:node:)?child_process" \{\s*export \*[^}]*\}/m;
  const head = `declare module "wanted" {
    import type { MoreOfChild } from 'forkless/child_process';
    import type { SpawnError } from 'forkless';
    type WithFields<Result> = Result extends ChildProcess
      ? Result & MoreOfChild
      : Result extends PromiseWithChild<unknown>
        ? Result & { child: MoreOfChild }
        : Result extends SpawnSyncReturns<unknown>
          ? Result & { error?: { cause?: SpawnError | undefined } }
          : Result;
    type Ours = typeof import('forkless/child_process');
    type Other = string | URL | readonly unknown[] | ((...all: any[]) => void) | null | undefined;
    type Wrong<Value> = Value extends Other ? Value : Value & { umask: string };
    type Takes<Function, Overload extends (...all: any[]) => void> = Function extends (
      ...all: { [Index in keyof Parameters<Overload>]: Wrong<Parameters<Overload>[Index]> }
    ) => void
      ? true
      : false;
    export type TakesWrong = [${wrong.join(', ')}];`;
  return {
    overloads,
    withOptions: wrong.length,
    text: text.replace(again, '').replace(/^declare module "(?:node:)?child_process" \{/m, head),
  };
}

/** Where the first `end` is that stands outside of brackets. */
function closing(text: string, from: number, end: string): number {
  let depth = 0;
  for (let index = from; index < text.length; index++) {
    const character = text.charAt(index);
    if (depth === 0 && character === end) return index;
    if ('([{'.includes(character)) depth++;
    if (')]}'.includes(character)) depth--;
  }
  throw new Error(`no ${end} after ${text.slice(from, from + 80)}`);
}
