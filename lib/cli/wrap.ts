/** The width of a usual terminal. */
const WIDTH = 80;

/** Breaks a line at spaces; what follows is indented. A word that is longer than a line, such as a path, is kept whole. */
export function wrap(text: string, indent: string): string {
  const lines: string[] = [];
  let rest = text.trimEnd().replace(/\s*\n\s*/g, ' '); // the message of an error may have lines
  while (rest.length > WIDTH) {
    const start = lines.length === 0 ? indent.length : indent.length + 1;
    const last = rest.lastIndexOf(' ', WIDTH);
    const at = last >= start ? last : rest.indexOf(' ', start);
    if (at < 0) break;
    lines.push(rest.slice(0, at).trimEnd());
    rest = `${indent}${rest.slice(at + 1).trimStart()}`;
  }
  return [...lines, rest].join('\n');
}
