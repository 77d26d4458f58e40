import { readdirSync, readFileSync } from 'node:fs';
import { at } from '../support/paths.js';

/**
 * What the papers hold. The convention: every block marked `js` is a whole program and is run, unless its mark says
 * `no-run`; a block marked `text` right after it is what the program prints. `ts` blocks are declarations, not run.
 */
export interface Example {
  /** 'docs/errors.md:40', the line of the opening fence. */
  readonly place: string;
  readonly code: string;
  readonly output: string | undefined;
}

interface Block {
  readonly mark: string;
  readonly text: string;
  readonly line: number;
  /** Of the line after the closing fence. */
  readonly next: number;
}

export const docs: readonly string[] = readdirSync(at('docs'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`);

export function read(file: string): string {
  return readFileSync(at(file), 'utf8');
}

export function examplesOf(file: string): Example[] {
  const text = read(file);
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

/** The text without its fenced blocks: where links and headings are. */
export function proseOf(file: string): string {
  const text = read(file);
  const lines = text.split('\n');
  for (const { line, next } of blocksOf(text)) lines.fill('', line, next);
  return lines.join('\n');
}

/** The names that a link into the file may end with, as the common hosts make them of headings. */
export function anchorsOf(file: string): Set<string> {
  const headings = proseOf(file).matchAll(/^#+ +(.*)$/gm);
  return new Set(Array.from(headings, ([, heading = '']) => anchorOf(heading)));
}

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

function blocksOf(text: string): Block[] {
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
