import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineKind } from './kind.ts';

const shelf = (schema: z.ZodType) =>
  defineKind({ kind: 'shelf', plural: 'shelves', idKind: 'role', description: 'A shelf.', schema });

test('a kind describes its spec', () => {
  const kind = shelf(z.strictObject({ label: z.string() }));
  expect(kind.jsonSchema()).toMatchObject({ properties: { label: { type: 'string' } }, additionalProperties: false });
  expect(kind.jsonSchema()).toBe(kind.jsonSchema());
});

test('a kind that would let unknown fields pass', () => {
  const kind = shelf(z.strictObject({ inner: z.object({ label: z.string() }) }));
  expect(() => kind.jsonSchema()).toThrow(
    'kind "shelf": use z.strictObject, so that unknown fields are refused (at spec.inner)',
  );
});

test('a kind whose name is no word', () => {
  const definition = {
    plural: 'shelves',
    idKind: 'role',
    description: 'A shelf.',
    schema: z.strictObject({}),
  } as const;
  expect(() => defineKind({ ...definition, kind: 'Shelf' })).toThrow('kind and plural must be lower-case words');
});
