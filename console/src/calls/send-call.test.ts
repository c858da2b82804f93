import { expect, test } from 'vitest';
import { filledPath, holesOf } from './send-call.ts';

test.each([
  ['/weather/{city}', { city: 'São Paulo/..' }, '/weather/S%C3%A3o%20Paulo%2F..'],
  ['/files/{path*}', { path: 'a b/c' }, '/files/a%20b/c'],
  ['/a/{x}/{y}', { x: '1' }, '/a/1/{y}'],
  ['/plain', { x: '1' }, '/plain'],
  ['/a/{constructor}', {}, '/a/{constructor}'],
])('%s is filled', (path, values: Record<string, string>, expected) =>
  expect(filledPath(path, Object.assign(Object.create(null), values))).toBe(expected),
);

test('what a path leaves open', () => expect(holesOf('/a/{x}/b/{rest*}')).toEqual(['x', 'rest']));
