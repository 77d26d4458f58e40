import { machineLine } from '../support/machine.mjs';
import { runLine } from './run.mjs';
import { tablesOf } from './tables.mjs';

/** For a terminal. */
export function asText(results) {
  return [machineLine(results.machine), runLine(results), ...tablesOf(results).map(printed)].join('\n');
}

function printed({ title, columns, rows }) {
  const widths = columns.map((_, index) =>
    Math.max(...[columns, ...rows].map((cells) => (cells[index] ?? '').length)),
  );
  const line = (cells) =>
    cells
      .map((cell, index) => (index === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[index] + 2)))
      .join('')
      .trimEnd();
  const head = columns.some(Boolean) ? [line(columns)] : [];
  return ['', title, ...head, ...rows.map(line)].join('\n');
}
