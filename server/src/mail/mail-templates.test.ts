import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { MAIL_TEMPLATES } from './mail-templates.ts';

const guide = readFileSync(new URL('../../../docs/guides/mail.md', import.meta.url), 'utf8');
const wordsIn = (cell: string) => [...cell.matchAll(/`([a-z_]+)`/g)].map(([, word = '']) => word);

test('the guide lists every mail, with its values and no others', () => {
  const table = guide.split('\n').filter((line) => /^\| `[a-z_]+`/.test(line));
  const listed = table.flatMap((line) => {
    const [, names = '', values = ''] = line.split('|');
    return wordsIn(names).map((name) => [name, wordsIn(values).sort()] as const);
  });
  const there = Object.entries(MAIL_TEMPLATES).map(([name, { values }]) => [name, Object.keys(values).sort()]);
  expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(there));
  expect(listed).toHaveLength(there.length);
});
