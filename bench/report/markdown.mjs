import { machineLine } from '../support/machine.mjs';
import { highlights } from './highlights.mjs';
import { runLine } from './run.mjs';
import { tablesOf } from './tables.mjs';

/** `text` with what stands between `<!-- bench:NAME -->` and `<!-- /bench:NAME -->` made anew from the results. */
export function withTables(text, results) {
  const tables = tablesOf(results);
  const texts = {
    run: `${machineLine(results.machine)}. ${runLine(results)}`,
    highlights: highlights(results),
  };
  const block = (name) =>
    texts[name] ??
    tables
      .filter((table) => table.name === name)
      .map(printed)
      .join('\n\n');
  return text.replace(
    /(<!-- bench:([\w-]+) -->\n)[\s\S]*?(<!-- \/bench:\2 -->)/g,
    (_, begin, name, end) => `${begin}\n${block(name) || 'Not measured in this run.'}\n\n${end}`,
  );
}

function printed({ title, columns, rows }) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const rule = `|${columns.map((_, index) => (index === 0 ? '---' : '--:')).join('|')}|`;
  return [`${title}:`, '', line(columns), rule, ...rows.map(line)].join('\n');
}
