import { expect, test } from 'vitest';
import { KINDS } from './kinds.ts';

// The program itself looks at a schema when it is first asked for, which may be never.
test.each(KINDS.all.map((kind) => [kind.kind, kind] as const))(
  '%s: unknown fields are refused everywhere in it',
  (_, kind) => {
    expect(kind.jsonSchema()).toBeTypeOf('object');
  },
);
