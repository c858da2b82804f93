import { describe, expect, test } from 'vitest';
import { csvCell as inConsole } from '../../../console/src/table/csv-cell.ts';
import { csvCell } from './csv-cell.ts';

describe.each([
  ['the command line', csvCell],
  ['the console', inConsole],
])('a cell that %s writes', (_, write) => {
  test.each([
    ['a formula', '=1+1', "'=1+1"],
    ['a sum', '+A1', "'+A1"],
    ['a difference', '-A1', "'-A1"],
    ['a function', '@SUM(A1)', "'@SUM(A1)"],
    ['one that begins with a tab', '\t=1+1', "'\t=1+1"],
    ['one that begins with a carriage return', '\r=1+1', `"'\r=1+1"`],
    ['one that begins with a line feed', '\n=1+1', `"'\n=1+1"`],
    ['one after spaces', '  =1+1', "'  =1+1"],
    ['one after a space that does not break', '\u00A0=1+1', "'\u00A0=1+1"],
    ['one after a byte-order mark', '\uFEFF=1+1', "'\uFEFF=1+1"],
    ['one in full-width signs', '＝1+1', "'＝1+1"],
    ['a full-width sum', '＋A1', "'＋A1"],
    ['a full-width difference', '－A1', "'－A1"],
    ['a full-width function', '＠SUM(A1)', "'＠SUM(A1)"],
    ['one between quotes and commas', '=HYPERLINK("x","y")', `"'=HYPERLINK(""x"",""y"")"`],
    ['a line feed alone', '\n', `"'\n"`],
    ['what only looks like a number', '-1e3+A1', "'-1e3+A1"],
    ['a number', -5, '-5'],
    ['a number in text', '-5.25', '-5.25'],
    ['a name', 'shop =north', 'shop =north'],
    ['a comma', 'shop, north', '"shop, north"'],
    ['a quotation mark', 'the "shop"', '"the ""shop"""'],
    ['nothing', '', ''],
  ] as const)('%s', (_, text, written) => {
    expect(write(text)).toBe(written);
  });
});
