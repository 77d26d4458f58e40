/** Node's own options of `spawn` that a command line can give; those that are attributes are in attribute-flags.ts. */
export const spawnFlagTypes = {
  stdio: { type: 'string' },
  shell: { type: 'boolean' },
  detached: { type: 'boolean' },
  argv0: { type: 'string' },
} as const;

interface SpawnFlags {
  readonly stdio?: string | undefined;
  readonly shell?: boolean | undefined;
  readonly detached?: boolean | undefined;
  readonly argv0?: string | undefined;
}

/** The arguments of `spawn` that these flags mean. */
export function spawnArguments(
  { stdio, shell, ...others }: SpawnFlags,
  command: readonly [string, ...string[]],
): { file: string; args: readonly string[]; options: Readonly<Record<string, unknown>> } {
  const [file, ...args] = command;
  const options = { ...others, ...(stdio === undefined ? {} : { stdio: stdioOf(stdio) }) };
  if (shell !== true) return { file, args, options };
  // As Node joins them. Given both a shell and arguments, it warns.
  return { file: command.join(' '), args: [], options: { ...options, shell } };
}

/** One word is for all three, as in `spawn`. */
function stdioOf(text: string): unknown {
  const entries = text.split(',').map((entry) => (/^\d+$/.test(entry) ? Number(entry) : entry));
  return entries.length === 1 && typeof entries[0] === 'string' ? entries[0] : entries;
}
