import fc from 'fast-check';
import { expect, test } from 'vitest';
import { systemRandom } from '#base';
import { newUserCode, readUserCode, showUserCode } from './user-code.ts';

test('what is shown is read again, however it is typed', () => {
  const spoilt = fc.constantFrom(
    (text: string) => text,
    (text: string) => text.toLowerCase(),
    (text: string) => text.replace('-', ''),
    (text: string) => ` ${text.replace('-', ' – ')} `,
  );
  fc.assert(
    fc.property(spoilt, (spoil) => {
      const code = newUserCode(systemRandom);
      return readUserCode(spoil(showUserCode(code))) === code;
    }),
  );
});

test('all letters occur about as often', () => {
  const counts = new Map<string, number>();
  for (let index = 0; index < 5000; index += 1) {
    for (const letter of newUserCode(systemRandom)) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  }
  expect(counts.size).toBe(20);
  // 2000 each; seven standard deviations.
  for (const count of counts.values()) expect(Math.abs(count - 2000)).toBeLessThan(320);
});

test.each(['', 'BCDFGHJ', 'BCDFGHJKL', 'BCDFGHJA', 'BCDF-GHJ0', 'BCDF\u0000GHJ', 'ВСDFGHJK'])(
  '%j is no code',
  (text) => {
    expect(readUserCode(text)).toBeUndefined();
  },
);
