import { readdirSync, readFileSync } from 'node:fs';
import { at } from '../support/paths.js';

/**
 * What the papers hold. The convention: every block marked `js` is a whole program and is run, unless its mark says
 * `no-run`; a block marked `text` right after it is what the program prints. `ts` blocks are declarations, not run.
 * Docstrings of the library keep the same convention.
 */
export interface Example {
  /** 'docs/errors.md:40', the line of the opening fence. */
  readonly place: string;
  readonly code: string;
  readonly output: string | undefined;
}

export interface Block {
  readonly mark: string;
  readonly text: string;
  readonly line: number;
  /** Of the line after the closing fence. */
  readonly next: number;
}

/** The pages, one a topic. What is generated from docstrings is not among them. */
export const docs: readonly string[] = readdirSync(at('docs'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`);

/** Installed, built, or git's own. */
const notOurs = ['node_modules', 'build', 'dist', 'dist-test'];

/** Everything in the repository that is to be read as markdown. */
export const papers: readonly string[] = markdownIn('').sort();

function markdownIn(folder: string): string[] {
  return readdirSync(at(folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory())
      return notOurs.includes(entry.name) || entry.name.startsWith('.') ? [] : markdownIn(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

export const sources: readonly string[] = readdirSync(at('lib'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => `lib/${name}`)
  .sort();

export function read(file: string): string {
  return readFileSync(at(file), 'utf8');
}

/** Of a page, or of the docstrings of a source. */
export function examplesOf(file: string): Example[] {
  const text = file.endsWith('.ts') ? docstringsOf(read(file)) : read(file);
  const blocks = blocksOf(text);
  const lines = text.split('\n');
  return blocks.flatMap((block, index) => {
    if (block.mark !== 'js') return [];
    const following = blocks[index + 1];
    const follows =
      following?.mark === 'text' && lines.slice(block.next, following.line).join('').trim() === '';
    return {
      place: `${file}:${block.line + 1}`,
      code: block.text,
      output: follows ? following.text : undefined,
    };
  });
}

/** What stands in docstrings, on the lines where it stands. */
function docstringsOf(source: string): string {
  let inside = false;
  const lines = source.split('\n').map((line) => {
    if (/^\s*\/\*\*/.test(line)) inside = true;
    const ends = line.includes('*/');
    const text = inside && !ends ? line.replace(/^\s*\/?\*+ ?/, '') : '';
    if (ends) inside = false;
    return text;
  });
  return lines.join('\n');
}

/** The text without its fenced blocks: where links and headings are. */
export function proseOf(text: string): string {
  const lines = text.split('\n');
  for (const { line, next } of blocksOf(text)) lines.fill('', line, next);
  return lines.join('\n');
}

/** The fenced blocks of a text. */
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  const lines = text.split('\n');
  for (let line = 0; line < lines.length; line++) {
    const fence = /^```(.*)$/.exec(lines[line] ?? '');
    if (!fence) continue;
    const end = lines.indexOf('```', line + 1);
    if (end < 0) throw new Error(`a block without an end, from line ${line + 1}`);
    const body = lines.slice(line + 1, end).map((each) => `${each}\n`);
    blocks.push({ mark: (fence[1] ?? '').trim(), text: body.join(''), line, next: end + 1 });
    line = end;
  }
  return blocks;
}
