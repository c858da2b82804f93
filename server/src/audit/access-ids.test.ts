import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AccessIds } from './access-ids.ts';

test.for([
  ['none', ''],
  ['a space, which keeps them apart', 'dec 1'],
  ['the sign of a reference', '#1'],
  ['what JSON escapes', 'dec_"'],
  ['a backslash', 'dec_\\'],
  ['a letter beyond ASCII', 'dec_ä'],
  ['one beyond one byte, whose low byte is a letter', 'dec_\u0161'],
  ['a NUL', 'dec_\0'],
  ['a line', 'dec_1\n'],
  ['too long', 'd'.repeat(129)],
] as const)('an id that is not as ids are is not taken, and leaves nothing: %s', ([, id]) => {
  const ids = new AccessIds();
  ids.add('dec_before');
  expect(ids.add(id)).toBe(false);
  ids.addReference(7);
  ids.add('dec_behind');
  expect([ids.count, `${ids}`]).toEqual([3, 'dec_before #7 dec_behind']);
});

test('as many as come, of any length, stand one after the other', () => {
  const id = fc.stringMatching(/^[\w.-]{1,128}$/);
  fc.assert(
    fc.property(fc.array(fc.oneof(id, fc.nat(1_000_000)), { maxLength: 60 }), (all) => {
      const ids = new AccessIds();
      for (const each of all) {
        if (typeof each === 'number') ids.addReference(each);
        else expect(ids.add(each)).toBe(true);
      }
      expect(`${ids}`).toBe(all.map((each) => (typeof each === 'number' ? `#${each}` : each)).join(' '));
      expect(ids.count).toBe(all.length);
    }),
  );
});
