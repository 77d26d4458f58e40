// docs/libraries.md tells of tools that are not installed where the examples of the other pages run. Its files are blocks
// marked with their name, such as `js vitest.config.mjs`, its command lines are in blocks marked `sh`. The tests that
// have the tools take both from the page. test/docs/libraries.test.ts sees to it that none is left out.
import { blocksOf, read } from './markdown.js';

const PAGE = 'docs/libraries.md';
const FILE = /^(?:js|json|ts) (\S+)$/;

export interface Command {
  readonly env: Readonly<Record<string, string>>;
  /** The program: `node`, or what npx runs. */
  readonly program: string;
  readonly args: readonly string[];
}

/** The names of the files on the page. */
export function filesOnPage(): string[] {
  return blocksOf(read(PAGE)).flatMap(({ mark }) => FILE.exec(mark)?.[1] ?? []);
}

/** The command lines on the page. */
export function commandsOnPage(): string[] {
  return blocksOf(read(PAGE))
    .filter(({ mark }) => mark === 'sh')
    .flatMap(({ text }) => text.trim().split('\n'));
}

/** A file of the page. @throws if it has none of that name. */
export function fileOnPage(name: string): string {
  const block = blocksOf(read(PAGE)).find(({ mark }) => FILE.exec(mark)?.[1] === name);
  if (block === undefined) throw new Error(`${PAGE} has no block for ${name}`);
  return block.text;
}

/** A command line of the page, which must be there letter by letter. */
export function commandOnPage(line: string): Command {
  if (!commandsOnPage().includes(line)) throw new Error(`${PAGE} has no line: ${line}`);
  const words = line.split(' ');
  const start = words.findIndex((word) => !/^[A-Z_]+=/.test(word));
  const env = Object.fromEntries(words.slice(0, start).map((word) => split(word)));
  const [program = '', ...args] = words.slice(words[start] === 'npx' ? start + 1 : start);
  return { env, program, args };
}

function split(assignment: string): [name: string, value: string] {
  const at = assignment.indexOf('=');
  return [assignment.slice(0, at), assignment.slice(at + 1)];
}

/** What a program of the page prints: the block marked `text` after it. */
export function outputOnPage(name: string): string {
  const blocks = blocksOf(read(PAGE));
  const next = blocks[blocks.findIndex(({ mark }) => FILE.exec(mark)?.[1] === name) + 1];
  if (next?.mark !== 'text') throw new Error(`${PAGE} does not say what ${name} prints`);
  return next.text;
}
