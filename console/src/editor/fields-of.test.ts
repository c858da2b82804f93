import { expect, test } from 'vitest';
import { fieldsLike, fieldsOf } from './fields-of.ts';
import type { JsonSchema } from './json-schema.ts';

const text: JsonSchema = { type: 'string' };
const schema: JsonSchema = {
  properties: {
    description: text,
    match: { type: 'object', properties: { path: { ...text, description: 'Takes `{id}`.' } } },
    targets: {
      type: 'array',
      items: { type: 'object', properties: { weight: { type: 'number', title: 'Gewicht' } } },
    },
    either: { anyOf: [{ properties: { hidden: text } }] },
  },
};

test('every field has its place, and is called with what it is in', () => {
  expect(fieldsOf(schema).map(({ path, label }) => [path, label])).toEqual([
    ['description', 'Description'],
    ['match', 'Match'],
    ['match.path', 'Match › Path'],
    ['targets', 'Targets'],
    ['targets.0.weight', 'Targets › Gewicht'],
    ['either', 'Either'],
  ]);
});

test.each([
  ['its label', 'gewicht', ['targets.0.weight']],
  ['its own name', 'WEIGHT', ['targets.0.weight']],
  ['what is said of it', '{id}', ['match.path']],
  ['words in any order', 'path match', ['match.path']],
  ['nothing', 'hidden', []],
])('is found by %s', (_, wanted, paths) => {
  expect(fieldsLike(fieldsOf(schema), wanted).map(({ path }) => path)).toEqual(paths);
});
