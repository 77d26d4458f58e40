// Makes a bundle of esbuild's quicker to load. Each line stays a line: people read them in stacks, and Node shows the one
// that an uncaught error comes from. A minified file would be one line of 200 KB.
import { transform } from 'esbuild';

/**
 * Takes the indentation and the comments away: parsing is most of what loading costs, and one character that is not
 * Latin-1, in a comment too, makes V8 keep and read the whole file as two-byte text.
 * @param text of the bundle
 * @param map the text of its source map
 * @param needed the modules that are carried out as soon as it is loaded
 * @returns {Promise<{text: string, map: string}>}
 */
export async function compact(text, map, needed) {
  const whole = compileAtOnce(text, needed);
  const before = whole.split('\n');
  const after = before.map((line) => (/^\s*(?:\/\*\*|\*[ /]|\*$)/.test(line) ? '' : line.trimStart()));
  const { mappings, ...rest } = JSON.parse(map);
  const moved = mappings
    .split(';')
    .map((line, index) => moveFirst(line, before[index].length - after[index].length))
    .join(';');
  const compacted = after.join('\n');
  // also finds a text of several lines whose spaces count
  if ((await minified(compacted)) !== (await minified(whole)))
    throw new Error('a bundle would not be the same program without its indentation');
  return { text: compacted, map: JSON.stringify({ ...rest, mappings: moved }) };
}

async function minified(code) {
  return (await transform(code, { minifyWhitespace: true, legalComments: 'none', target: 'esnext' })).code;
}

/**
 * V8 compiles a function in parentheses together with the file. Each other one it reads twice: for its errors, and when it
 * is called. The lines that are changed are those that esbuild has added, which no source map speaks of.
 */
function compileAtOnce(text, needed) {
  return text.replace(
    /^(var require_\S+ = __commonJS\(\{\n {2}"([^"\n]+)")(\([^()\n]*\) \{\n[\s\S]*?\n {2}\})\n\}\);$/gm,
    (all, begin, name, rest) => (needed.has(name) ? `${begin}: (function${rest})\n});` : all),
  );
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Moves the first column of a line of mappings to the left; the others are counted from it. */
function moveFirst(line, by) {
  if (line === '' || by === 0) return line;
  let [value, length, digit] = [0, 0, 32];
  for (; digit & 32; length++) {
    digit = DIGITS.indexOf(line[length]);
    value |= (digit & 31) << (5 * length);
  }
  let left = Math.max(0, (value >> 1) - by) << 1;
  let column = '';
  do {
    column += DIGITS[(left & 31) | (left > 31 ? 32 : 0)];
    left >>= 5;
  } while (left > 0);
  return column + line.slice(length);
}
