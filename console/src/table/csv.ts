import type { Column } from './column.ts';

/** RFC 4180. A cell that a spreadsheet would take for a formula is written as text: names come from outside. */
export function csvOf<Item>(items: readonly Item[], columns: readonly Pick<Column<Item>, 'name' | 'value'>[]): string {
  const written = columns.filter(({ value }) => value !== undefined);
  const lines = [
    written.map(({ name }) => name),
    ...items.map((item) => written.map(({ value }) => value?.(item) ?? '')),
  ];
  return lines.map((cells) => `${cells.map((cell) => quoted(String(cell))).join(',')}\r\n`).join('');
}

const FORMULA = /^[=+\-@\t\r]/;

function quoted(text: string): string {
  const safe = FORMULA.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
