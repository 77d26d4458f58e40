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
