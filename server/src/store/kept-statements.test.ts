import { expect, test } from 'vitest';
import { keptStatements } from './kept-statements.ts';

const uses = (nameOf: ReturnType<typeof keptStatements>, sql: string, times: number) =>
  Array.from({ length: times }, () => nameOf(sql).name).at(-1);

test('what comes again and again is kept, under one name for one text', () => {
  const nameOf = keptStatements();
  expect(uses(nameOf, 'select 1', 7)).toBeUndefined();
  const name = uses(nameOf, 'select 1', 1);
  expect(name).toMatch(/^g_[0-9a-f]{40}$/);
  expect(uses(nameOf, 'select 1', 5)).toBe(name);
  expect(uses(nameOf, 'select 2', 8)).not.toBe(name);
});

test('texts that vary are never kept, however many', () => {
  const nameOf = keptStatements();
  for (let index = 0; index < 10_000; index += 1) expect(nameOf(`select ${index}`)).toEqual({});
  expect(uses(nameOf, 'select often', 8)).toBeDefined();
});

test('no more than a connection can bear, and none that is long', () => {
  const nameOf = keptStatements();
  const names = Array.from({ length: 300 }, (_, index) => uses(nameOf, `select ${index}`, 8));
  expect(names.filter((name) => name !== undefined)).toHaveLength(128);
  expect(uses(keptStatements(), `select ${'1'.repeat(9000)}`, 20)).toBeUndefined();
});
