import { describe, expect, it } from 'vitest';
import { carryLongLiterals } from './long-literals.ts';

describe('carryLongLiterals', () => {
  it.each([
    ['1 + 9007199254740991', '1 + 9007199254740991'],
    ['9007199254740992', 'decimal("long:9007199254740992")'],
    ['1 -9223372036854775807', '1 -decimal("long:9223372036854775807")'],
    ['- \n 9223372036854775808', 'decimal("long:-9223372036854775808")'],
    ['"9223372036854775807 \\" 9223372036854775807"', '"9223372036854775807 \\" 9223372036854775807"'],
    ['1 // 9223372036854775807\r9223372036854775807', '1 // 9223372036854775807\rdecimal("long:9223372036854775807")'],
    ['a9223372036854775807', 'a9223372036854775807'],
    ['"long:" == 9223372036854775807', '"long:" == decimal("longlong:9223372036854775807")'],
    ['0000000000000000000001', '0000000000000000000001'],
  ])('%s becomes %s', (text, carried) => {
    expect(carryLongLiterals(text).text).toBe(carried);
  });

  it('reads back exactly what it carried and nothing else', () => {
    const { read } = carryLongLiterals('9223372036854775807');
    expect([read('long:9223372036854775807'), read('long:-9223372036854775808'), read('1.5')]).toEqual([
      9223372036854775807n,
      -9223372036854775808n,
      undefined,
    ]);
  });
});
