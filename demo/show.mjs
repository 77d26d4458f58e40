// How the demonstration looks on a terminal, and what it has claimed.
const colours = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code, text) => (colours ? `\x1b[${code}m${text}\x1b[0m` : text);

let number = 0;
const broken = [];

export async function heading(title, topic) {
  number++;
  console.log(`\n${paint('1', `${number}. ${title}`)}\n`);
  await topic();
}

export function note(text) {
  console.log(paint('2', text));
}

export function code(text) {
  for (const line of text.split('\n')) console.log(`   ${paint('36', line)}`);
}

/** Rows of text in columns as wide as they need. */
export function table(rows) {
  const widths = [];
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  for (const row of rows)
    console.log(`   ${row.map((cell, column) => cell.padEnd(widths[column])).join('   ')}`.trimEnd());
}

/** Says something that has just been tried, and whether it held. */
export function claim(text, holds) {
  if (!holds) broken.push(text);
  console.log(`   ${holds ? paint('32', '✓') : paint('31', '✗ NOT SO:')} ${text}`);
}

/** The exit code. */
export function verdict() {
  if (broken.length === 0) return 0;
  console.error(`\nforkless demo: did not hold: ${broken.join('; ')}`);
  return 1;
}
