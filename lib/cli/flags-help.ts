import type { CommandLine, Flag } from '../attributes/flags.js';
import { attributes } from '../attributes/index.js';

const COLUMNS = 3;
const CELL = 26;
/** Where the text about flags begins. */
const ABOUT = 33;

/** All flags of the attributes in columns; beside or above those that need it, a line about them. */
export function flagsHelp(): string {
  const lines = attributes
    .map(({ commandLine }): CommandLine<unknown> | null => commandLine)
    .filter((commandLine) => commandLine !== null);
  const plain = lines.filter(({ about }) => about === null).flatMap(({ flags }) => flags);
  const explained = lines.filter(({ about }) => about !== null);
  return [
    ...inColumns(plain.map(spelled)),
    ...explained.flatMap(({ flags, about }) => linesAbout(flags, about as string)),
  ].join('\n');
}

function spelled({ name, value }: Flag): string {
  return value === null ? `--${name}` : `--${name} ${value}`;
}

/** A word that is wider than a column takes two. */
function inColumns(words: readonly string[]): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    const cells = Math.ceil((word.length + 1) / CELL);
    if (line.length + cells * CELL > COLUMNS * CELL) {
      lines.push(line);
      line = '';
    }
    line += word.padEnd(cells * CELL);
  }
  return [...lines, line].map((each) => `  ${each}`.trimEnd()).filter((each) => each !== '');
}

/** One line where there is room, else the flags in columns and the text above them. */
function linesAbout(flags: readonly Flag[], about: string): string[] {
  const words = flags.map(spelled);
  if (flags.length > 2) return [`  ${about}:`, ...inColumns(words)];
  return [`  ${words.join('  ')}`.padEnd(ABOUT) + about];
}
