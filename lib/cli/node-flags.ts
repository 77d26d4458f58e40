/**
 * A trial gets the flags of this Node, because it may not find packages without them (the resolver of Yarn's
 * Plug'n'Play is loaded by a flag). Only the debugger's flags are removed: the trial would wait for a debugger, or need
 * its port.
 */

const DEBUGGER = /^--(?:inspect|debug)(?:-(?:brk|brk-node|wait|port|publish-uid))?(?:=|$)/;
/** Their value may be a word of its own. */
const WITH_VALUE = /^--(?:inspect-port|debug-port|inspect-publish-uid)$/;
/** A word of NODE_OPTIONS: spaces separate words, except between double quotes. */
const WORD = /(?:"(?:\\.|[^"\\])*"|[^ "])+/g;

export function withoutDebugger(flags: readonly string[]): string[] {
  const names = flags.map((flag) => flag.replaceAll('"', '').replaceAll('_', '-'));
  return flags.filter(
    (_, at) => !DEBUGGER.test(names[at] ?? '') && !(at > 0 && WITH_VALUE.test(names[at - 1] ?? '')),
  );
}

export function nodeOptionsWithoutDebugger(text: string): string {
  return withoutDebugger(text.match(WORD) ?? []).join(' ');
}

/** The words of NODE_OPTIONS, as flags: without the quotes. */
export function nodeOptions(text: string): string[] {
  const words: readonly string[] = text.match(WORD) ?? [];
  return words.map((word) => word.replace(/\\(.)|"/g, '$1'));
}

const PRELOAD = /^(?:--(?:require|import|loader|experimental-loader)|-r)(?:=(.*))?$/s;

/** The modules that flags load before the program, in the order of the flags. */
export function preloadedModules(flags: readonly string[]): string[] {
  return flags.flatMap((flag, at) => {
    const found = PRELOAD.exec(flag);
    const module = found === null ? undefined : (found[1] ?? flags[at + 1]);
    return module === undefined ? [] : [module];
  });
}
