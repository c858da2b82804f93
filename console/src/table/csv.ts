import type { Column } from './column.ts';
import { csvCell } from './csv-cell.ts';

/** RFC 4180, each line with its end. */
export function csvOf<Item>(items: readonly Item[], columns: readonly Pick<Column<Item>, 'name' | 'value'>[]): string {
  const written = columns.filter(({ value }) => value !== undefined);
  const lines = [
    written.map(({ name }) => name),
    ...items.map((item) => written.map(({ value }) => value?.(item) ?? '')),
  ];
  return lines.map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('');
}
