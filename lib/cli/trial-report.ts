/** The result of a trial. */
export interface Trial {
  readonly rung: number | null;
  readonly flat: boolean;
  /** null: the program was started. */
  readonly error: string | null;
}

const MARK = 'forkless trial: ';

/** On a line of its own: modules that NODE_OPTIONS loads may print too. */
export function printTrial(trial: Trial): string {
  return `\n${MARK}${JSON.stringify(trial)}\n`;
}

/** undefined: the output has none. */
export function readTrial(printed: string): Trial | undefined {
  const line = printed.split('\n').find((text) => text.startsWith(MARK));
  return line === undefined ? undefined : JSON.parse(line.slice(MARK.length));
}
