import { expect, test } from 'vitest';
import { z } from 'zod';
import { parse } from './parse.ts';

const schema = z.strictObject({
  name: z.string().max(5).optional(),
  tags: z.array(z.string()).max(2).optional(),
  days: z.number().min(1).optional(),
  own: z.string().max(3, 'use at most 3 characters').optional(),
});

test.each([
  ['a text that is too long', { name: 'x'.repeat(6) }, 'name', 'must have at most 5 characters'],
  ['a list that is too long', { tags: ['a', 'b', 'c'] }, 'tags', 'must have at most 2 items'],
  ['a number that is too small', { days: 0 }, 'days', 'must be at least 1'],
  ['what has words of its own', { own: 'four' }, 'own', 'use at most 3 characters'],
  ['a field that nobody knows', { nmae: 'x' }, 'nmae', 'unknown field; remove it or check its spelling'],
])('%s is refused in words, and not in those of the validator', (_, input, path, message) => {
  expect(() => parse(schema, input)).toThrow(
    expect.objectContaining({ code: 'invalid_input', message: `${path}: ${message}`, fields: [{ path, message }] }),
  );
});
