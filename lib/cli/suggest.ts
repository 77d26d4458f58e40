/** A text that names what was most probably meant, `. Did you mean "doctor"?`; empty if nothing is similar. */
export function suggestion(word: string, known: readonly string[], prefix = ''): string {
  const scored = known.map((name) => [distance(plain(word), plain(name)), name] as const);
  const [best] = scored.sort(([one], [other]) => one - other);
  if (best === undefined || best[0] > mistakesIn(plain(word))) return '';
  return `. Did you mean "${prefix}${best[1]}"?`;
}

/** `cloexecDefault` is `cloexec-default`. */
function plain(word: string): string {
  return word.toLowerCase().replace(/[-_]/g, '');
}

/** In a short word another letter makes another word. */
function mistakesIn({ length }: string): number {
  return length < 3 ? 0 : length < 6 ? 1 : 2;
}

/** How many letters to insert, remove, replace or swap with the next one (optimal string alignment). */
function distance(one: string, other: string): number {
  let before: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const changed = one[i - 1] === other[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      next[j] = Math.min(
        at(row, j) + 1,
        at(next, j - 1) + 1,
        at(row, j - 1) + changed,
        swapped ? at(before, j - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [before, row] = [row, next];
  }
  return at(row, other.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
