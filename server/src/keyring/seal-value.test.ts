import { createSecretKey } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { systemRandom } from '#base';
import { openValue, sealValue } from './seal-value.ts';

const secret = createSecretKey(Buffer.alloc(32, 7));
const keyById = (id: string) => (id === 'data-1' ? secret : undefined);
const place = { table: 'secrets', column: 'value', row: 'ten_1/a' };
const seal = (plaintext: string | Uint8Array) => sealValue({ id: 'data-1', secret }, systemRandom, plaintext, place);

test('whatever was sealed opens to the same bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const opened = openValue(keyById, seal(bytes), place);
      return opened !== undefined && Buffer.compare(opened, bytes) === 0;
    }),
  );
});

test('the same text sealed twice looks different, and shows nothing of itself', () => {
  const [one, two] = [seal('correct horse'), seal('correct horse')];
  expect(one).toMatch(/^v1\.data-1\.[\w-]{16}\.[\w-]+$/);
  expect(one).not.toBe(two);
  expect(Buffer.from(one.split('.')[3] ?? '', 'base64url').includes('correct')).toBe(false);
});

describe('a value that was moved does not open', () => {
  test.for([
    ['another row', { ...place, row: 'ten_1/b' }],
    ['another column', { ...place, column: 'value2' }],
    ['another table', { ...place, table: 'secret' }],
    ['parts shifted', { table: 'secrets","value', column: '', row: 'ten_1/a' }],
    ['parts swapped', { table: 'value', column: 'secrets', row: 'ten_1/a' }],
  ] as const)('%s', ([, elsewhere]) => {
    const sealed = seal('x');
    expect(openValue(keyById, sealed, elsewhere)).toBeUndefined();
    expect(openValue(keyById, sealed, place)?.toString()).toBe('x');
  });
});

test('a value with any one character edited does not open', () => {
  const sealed = seal('a secret of some length');
  fc.assert(
    fc.property(fc.nat(sealed.length - 1), fc.constantFrom(...'AQgw09-_.= \n'), (at, character) => {
      fc.pre(sealed[at] !== character);
      return openValue(keyById, sealed.slice(0, at) + character + sealed.slice(at + 1), place) === undefined;
    }),
    { numRuns: 1000 },
  );
});

test('a value cut at any length does not open', () => {
  const sealed = seal('a secret of some length');
  for (let length = 0; length < sealed.length; length += 1) {
    expect(openValue(keyById, sealed.slice(0, length), place), `cut to ${length}`).toBeUndefined();
  }
});

test.for([
  ['an unknown version', (sealed: string) => sealed.replace('v1', 'v2')],
  ['an unknown key', (sealed: string) => sealed.replace('data-1', 'data-2')],
  ['more behind it', (sealed: string) => `${sealed}.`],
  ['a shortened tag', (sealed: string) => sealed.slice(0, -16)],
] as const)('%s is refused', ([, edit]) => {
  expect(openValue(keyById, edit(seal('x')), place)).toBeUndefined();
});

test('the id of the key is bound: the same key under another id does not open', () => {
  expect(openValue(() => secret, seal('x').replace('data-1', 'data-2'), place)).toBeUndefined();
});
