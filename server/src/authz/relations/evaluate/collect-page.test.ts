import fc from 'fast-check';
import { expect, test } from 'vitest';
import { collectPage } from './collect-page.ts';

const same = (name: string) => name;

function readAll(items: readonly string[], pageSize: number): string[] {
  const all: string[] = [];
  for (let continuationToken: string | undefined; continuationToken !== ''; ) {
    const page = collectPage(items, same, { continuationToken, pageSize });
    expect(page.complete).toBe(page.continuationToken === '');
    expect(page.items.length).toBeLessThanOrEqual(pageSize);
    all.push(...page.items);
    continuationToken = page.continuationToken;
  }
  return all;
}

test('the pages together are the list, in order, whatever its order was', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ minLength: 1, maxLength: 4 }), { maxLength: 40 }),
      fc.integer({ min: 1, max: 9 }),
      (items, pageSize) => {
        expect(readAll(items, pageSize)).toEqual([...items].sort((left, right) => (left < right ? -1 : 1)));
      },
    ),
  );
});

test('what is written between two pages neither moves nor repeats the others', () => {
  const first = collectPage(['d', 'b', 'a', 'c'], same, { continuationToken: undefined, pageSize: 2 });
  const { continuationToken } = first;
  const second = collectPage(['d', 'aa', 'e'], same, { continuationToken, pageSize: 5 });
  expect([first.items, second.items, second.complete]).toEqual([['a', 'b'], ['d', 'e'], true]);
});

test.each(['nonsense', '', 'W10', Buffer.from('[1]').toString('base64url')])('refuses the token %j', (token) => {
  const read = () => collectPage(['a'], same, { continuationToken: token, pageSize: 1 });
  expect(read).toThrow(expect.objectContaining({ code: 'invalid_continuation_token' }));
});

test('a list that takes too long is an error: what was found so far need not be what comes next', () => {
  function* long() {
    yield 'a';
    throw new Error('too long');
  }
  expect(() => collectPage(long(), same, { continuationToken: undefined, pageSize: 1 })).toThrow('too long');
});
