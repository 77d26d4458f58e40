import { readdirSync, readFileSync } from 'node:fs';
import { at } from '../support/paths.js';

/** The files under a folder of the repository, by their paths from there, with text that is no comment. */
export function sourcesIn(folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(at(folder), { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => /\.(?:ts|c|cc|h)$/.test(name)).sort();
  return new Map(files.map((name) => [name, withoutComments(readFileSync(at(`${folder}/${name}`), 'utf8'))]));
}

/** `//` counts only where a line or a blank comes before: an address is no comment. */
function withoutComments(text: string): string {
  return text.replace(/\/\*.*?\*\//gs, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

/** What a TypeScript file imports, exports from, or imports dynamically. */
export function importsOf(text: string): string[] {
  const statements = text.matchAll(/(?:\bfrom|\bimport|\bimport\()\s*['"]([^'"]+)['"]/g);
  return Array.from(statements, ([, name = '']) => name);
}

export function includesOf(text: string): string[] {
  return Array.from(text.matchAll(/^\s*#\s*include\s*["<]([^">]+)[">]/gm), ([, name = '']) => name);
}
