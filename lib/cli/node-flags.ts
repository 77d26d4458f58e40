/**
 * Flags of a Node that a trial is started with. They are kept, because packages may not be found without them: the
 * resolver of Yarn's Plug'n'Play stands there. Only a debugger's are taken out: a trial would wait for it, or want the
 * same port.
 */

const DEBUGGER = /^--(?:inspect|debug)(?:-(?:brk|brk-node|wait|port|publish-uid))?(?:=|$)/;
/** Their value may be a word of its own. */
const WITH_VALUE = /^--(?:inspect-port|debug-port|inspect-publish-uid)$/;
/** A word of NODE_OPTIONS: blanks separate, but not between double quotes. */
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
