import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bitsOfWord, type SignedText, signatureOf } from './text-signature.ts';

const mayHold = (texts: readonly SignedText[], word: string) => {
  const signature = signatureOf(texts);
  const groups = bitsOfWord(word);
  const isSet = (bit: number) => ((signature[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0;
  return groups.length === 0 || groups.some((bits) => bits.every(isSet));
};

test('what stands in a text is never denied', () => {
  const texts = fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(texts, fc.nat(), fc.nat(), fc.nat(), (all, which, from, length) => {
      const text = all[which % all.length] ?? '';
      const start = from % (text.length + 1);
      const word = text.slice(start, start + (length % 220));
      expect(
        mayHold(
          all.map((each) => ({ text: each, ids: [] })),
          word,
        ),
      ).toBe(true);
    }),
  );
});

test('nor is an id, as far as it was typed, nor one that is longer than those of this house', () => {
  const ids = ['key_01h455vb4pex5vsknk084sn02q', `usr_${'x'.repeat(60)}`];
  fc.assert(
    fc.property(fc.constantFrom(...ids), fc.integer({ min: 4, max: 64 }), (id, length) => {
      expect(mayHold([{ text: '', ids }], id.slice(0, length))).toBe(true);
    }),
  );
});

test('what stands in none of 256 texts is mostly denied: a word of four letters, and an id', () => {
  const letters = (seed: number, count: number) =>
    Array.from({ length: count }, (_, at) => ((Math.imul(seed + 1, 0x9e3779b1) >>> (at * 5)) & 31).toString(32)).join(
      '',
    );
  const texts = Array.from({ length: 256 }, (_, n) => ({
    text: `shop-${n} production gh_live_${letters(n, 4)}…${letters(n + 7777, 4)} team:${n % 30} ops${n}@example.com`,
    ids: [`key_01h455vb4pex5vsknk08${letters(n, 6)}`, `usr_01h455vb4pex5vsknk08${letters(n + 999, 6)}`],
  }));
  const denied = (word: (n: number) => string) =>
    Array.from({ length: 500 }, (_, n) => mayHold(texts, word(n + 50_000))).filter((held) => !held).length;
  expect(denied((n) => letters(n, 4))).toBeGreaterThan(450);
  expect(denied((n) => `key_01h455vb4pex5vsknk08${letters(n, 6)}`)).toBeGreaterThan(480);
});
