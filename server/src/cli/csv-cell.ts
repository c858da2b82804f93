/** Also after spaces and line breaks, which are trimmed, and as East Asian keyboards write the signs: they are folded. */
const FORMULA = /^(?:[\t\r\n]|\s*[=+\-@＝＋－＠])/;
const NUMBER = /^[+-]?\d+(?:\.\d+)?$/;

/**
 * RFC 4180. Names come from outside: what a spreadsheet would take for a formula is written as text.
 * The console has the same (console/src/table/csv-cell.ts), and one table of cases holds both.
 */
export function csvCell(value: string | number): string {
  const text = String(value);
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
