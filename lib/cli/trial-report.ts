/** What a trial says. */
export interface Trial {
  readonly rung: number | null;
  readonly flat: boolean;
  /** null: the program began. */
  readonly error: string | null;
}

const MARK = 'forkless trial: ';

/** A line of its own: what a program's NODE_OPTIONS load may print as well. */
export function printTrial(trial: Trial): string {
  return `\n${MARK}${JSON.stringify(trial)}\n`;
}

/** undefined: there is none in what was printed. */
export function readTrial(printed: string): Trial | undefined {
  const line = printed.split('\n').find((text) => text.startsWith(MARK));
  return line === undefined ? undefined : JSON.parse(line.slice(MARK.length));
}
