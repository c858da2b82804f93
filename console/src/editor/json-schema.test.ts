import { expect, test } from 'vitest';
import { itemsChosen, type JsonSchema, labelOf, shapeOf } from './json-schema.ts';

const numbers: JsonSchema = { type: 'array', items: { type: 'number', enum: [502, 503, 504] } };
const words: JsonSchema = { type: 'array', items: { type: 'string', enum: ['GET', 'PUT'] } };

test.each([
  ['numbers that are named', numbers, 'words'],
  ['words that are named', words, 'words'],
  ['words of any kind', { type: 'array', items: { type: 'string' } }, 'words'],
  ['numbers of any kind', { type: 'array', items: { type: 'number' } }, 'free'],
] as const)('a list of %s is edited by its control', (_what, schema, shape) => {
  expect(shapeOf(schema)).toBe(shape);
});

test('what is chosen is what the schema names, in the order in which it was chosen', () => {
  expect(itemsChosen(numbers, ['504', '502'])).toEqual([504, 502]);
  expect(itemsChosen(words, ['PUT'])).toEqual(['PUT']);
});

test('a field is called by its title, or by its own name, readable', () => {
  expect(labelOf('accessTokenTtlSeconds')).toBe('Access token TTL seconds');
  expect(labelOf('redirectUris')).toBe('Redirect URIs');
  expect(labelOf('redirectUris', { type: 'array' })).toBe('Redirect URIs');
  expect(labelOf('weight', { title: 'Gewicht' })).toBe('Gewicht');
});
