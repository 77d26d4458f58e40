/** Finds in a source where an option is read by its name. */

/**
 * What has fields of the same names, and is no option of a start: a plan, its head and its steps, Node's `process`, how a
 * child ended.
 */
const OTHERS = ['process', 'plan', 'HEAD', 'step', 'ending', 'failure', 'fields', 'child', 'takeEnding()'];

/** Before a name in quotes that is the name of a step or of a phase, or stands in a type. */
const OTHER_NAME = /(?:(?:\bop(?::| ===| !==)|\bcase|\bname:|\bsyscall:|\|) |\bphaseOfAttributes\(\s*)$/;

/** @returns the places, as they stand in the source */
export function optionReads(source: string, names: readonly string[]): string[] {
  const any = `(?:${names.join('|')})`;
  return [...members(source, any), ...patterns(source, any), ...nested(source, any), ...quoted(source, any)];
}

/** `options.umask`, `options?.umask` */
function members(source: string, any: string): string[] {
  const found = source.matchAll(new RegExp(`([\\w$]+(?:\\(\\))?|[\\])])\\s*\\??\\.\\s*${any}\\b`, 'g'));
  return [...found].filter(([, owner = '']) => !OTHERS.includes(owner)).map(([text]) => text);
}

/** `const { umask } = options`, `({ umask }: Options) =>`, `({ umask }) =>` */
function patterns(source: string, any: string): string[] {
  const name = new RegExp(`(?:^|[,{])\\s*${any}\\s*(?=[,:=}]|$)`);
  const found = source.matchAll(/\{([^{}]*)\}(?: = ([^;]*)|(: (?:[\w.<>]+|\{))|([^;{}()]*\)[^;{}()]* =>))/g);
  return [...found]
    .filter(([, inside = '', from]) => name.test(inside) && !OTHERS.includes(from ?? ''))
    .map(([text]) => text);
}

/** `const { env = {}, umask } = options`, `const { options: { umask } } = call`, `for (const { umask } of list)` */
function nested(source: string, any: string): string[] {
  const name = new RegExp(`[,{]\\s*${any}\\s*[,:=}]`);
  return [...source.matchAll(/\b(?:const|let|var) (?=\{)/g)]
    .map(({ index, 0: text }) => index + text.length)
    .map((start) => [source.slice(start, endOfBraces(source, start)), start] as const)
    .filter(([inside, start]) => {
      const [, from = ''] = /^ (?:= |of )([^;\n]*);/.exec(source.slice(start + inside.length)) ?? [];
      return name.test(inside) && !OTHERS.includes(from);
    })
    .map(([inside]) => inside);
}

/** The end of what the brace at `start` opens. */
function endOfBraces(source: string, start: number): number {
  let depth = 0;
  for (let at = start; at < source.length; at++) {
    if (source[at] === '{') depth++;
    else if (source[at] === '}' && --depth === 0) return at + 1;
  }
  return source.length;
}

/** `options['umask']`, `'umask' in options`, `Reflect.get(options, 'umask')`. Texts have words in backticks. */
function quoted(source: string, any: string): string[] {
  const found = source.matchAll(new RegExp(`(['"]|(?<=\\[)\`)${any}\\1`, 'g'));
  return [...found]
    .filter(({ index }) => !OTHER_NAME.test(source.slice(0, index)))
    .map(({ index, 0: text }) => source.slice(Math.max(0, index - 20), index + text.length));
}
