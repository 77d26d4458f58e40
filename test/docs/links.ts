import { statSync } from 'node:fs';
import { posix } from 'node:path';
import { at } from '../support/paths.js';
import { proseOf, read } from './markdown.js';

/** Why a link of a page leads nowhere. */
export interface DeadLink {
  readonly link: string;
  readonly why: string;
}

/** Links to other hosts are not asked for, only looked at: a test must not need the network. */
export function deadLinksOf(file: string, text = read(file)): DeadLink[] {
  return linksOf(text).flatMap((link) => {
    const why = /^[a-z][a-z0-9+.-]*:/i.test(link) ? faultOfAddress(link) : faultOfPath(file, text, link);
    return why === null ? [] : [{ link, why }];
  });
}

const patterns = [
  /\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g, // links and images
  /^\[[^\]]+\]:\s*<?(\S+?)>?(?:\s.*)?$/gm, // their addresses, named elsewhere
  /<(?:a|img|source)\s[^>]*?(?:href|src|srcset)="([^"]+)"/g,
  /<(https?:[^>\s]+)>/g,
  /(?<![("<=\w])(https?:\/\/[^\s)>`|]+)/g,
];

export function linksOf(text: string): string[] {
  const prose = proseOf(text).replace(/`[^`\n]+`/g, '``');
  return patterns.flatMap((pattern) => Array.from(prose.matchAll(pattern), ([, link = '']) => link));
}

function faultOfAddress(link: string): string | null {
  if (!URL.canParse(link)) return 'is no address';
  const { protocol, hostname, username, port } = new URL(link);
  if (protocol !== 'https:') return 'is not https';
  if (username !== '' || port !== '') return 'has a user or a port';
  return /^(?:[a-z0-9-]+\.)+[a-z]{2,}$/.test(hostname) ? null : 'names no host of the open net';
}

function faultOfPath(file: string, text: string, link: string): string | null {
  const [path = '', anchor] = link.split('#');
  if (path.startsWith('/')) return 'starts from the root of something';
  const target = path === '' ? file : posix.join(posix.dirname(file), path);
  if (target.startsWith('..')) return 'leaves the repository';
  if (/^(?:node_modules|build|dist|dist-test)(?:\/|$)/.test(target)) return 'leads to what is not in a clone';
  const found = statSync(at(target), { throwIfNoEntry: false });
  if (found === undefined) return 'leads to no file';
  if (anchor === undefined) return null;
  if (found.isDirectory() || !target.endsWith('.md')) return 'has an anchor, but leads to no page';
  return anchorsOf(target === file ? text : read(target)).has(anchor) ? null : 'leads to no heading';
}

/** The names that a link to a page may end with: of its headings, as the common hosts make them, and of its own marks. */
export function anchorsOf(text: string): Set<string> {
  const prose = proseOf(text);
  const anchors = new Set(Array.from(prose.matchAll(/<a (?:id|name)="([^"]+)">/g), ([, id = '']) => id));
  const times = new Map<string, number>();
  for (const [, heading = ''] of prose.matchAll(/^#+ +(.*)$/gm)) {
    const anchor = anchorOf(heading);
    const before = times.get(anchor) ?? 0;
    times.set(anchor, before + 1);
    anchors.add(before === 0 ? anchor : `${anchor}-${before}`);
  }
  return anchors;
}

function anchorOf(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}
