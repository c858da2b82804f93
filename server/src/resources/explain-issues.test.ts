import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { explainIssues } from './explain-issues.ts';
import type { JsonSchema } from './json-schema.ts';

const said = (schema: z.ZodType, value: unknown) =>
  explainIssues({}, value, schema.safeParse(value).error?.issues ?? []).map(({ message }) => message);

describe('bounds are told in words', () => {
  test.each([
    [z.number().min(0.1), 0, 'must be at least 0.1'],
    [z.int().max(65535), 70000, 'must be at most 65535'],
    [z.number().positive(), 0, 'must be more than 0'],
    [z.string().min(1), '', 'must not be empty'],
    [z.string().min(8), 'short', 'must have at least 8 characters'],
    [z.string().max(3), 'long', 'must have at most 3 characters'],
    [z.array(z.string()).min(1), [], 'must not be empty'],
    [z.array(z.string()).max(1), ['a', 'b'], 'must have at most 1 item'],
    [z.string().min(8, 'is no password'), 'short', 'is no password'],
  ])('%#: %j', (schema, value, message) => {
    expect(said(schema, value)).toEqual([message]);
  });
});

test.each([
  ['overlapSeconds', 7_776_000, 'must be at most 7776000 (90 days)'],
  ['seconds', 86_400, 'must be at most 86400 (1 day)'],
  ['overlapSeconds', 3600, 'must be at most 3600'],
  ['overlapSeconds', 86_401, 'must be at most 86401'],
  ['requests', 86_400, 'must be at most 86400'],
])('%s of at most %i: many seconds are told in days too', (field, max, message) => {
  expect(said(z.object({ [field]: z.int().max(max) }), { [field]: max + 1 })).toEqual([message]);
});

describe('a URL says what it lacks', () => {
  const url = z.url({ protocol: /^https?$/ });
  test.each([
    [url, 'localhost:8080', 'must be a URL with http:// or https://, for example http://localhost:8080'],
    [url, 'orders.internal/v2', 'must be a URL with http:// or https://, for example http://orders.internal/v2'],
    [url, 'ws://127.0.0.1', 'must be a URL with http:// or https://'],
    [url, '', 'must be a URL with http:// or https://'],
    [z.url({ protocol: /^https$/, error: 'Use an https address.' }), 'http://a', 'use an https address.'],
  ])('%#: %s', (schema, value, message) => {
    expect(said(schema, value)).toEqual([message]);
  });
});

test('a set of fields that is none names what may be in it', () => {
  const schema = z.strictObject({ webSocket: z.strictObject({ idleSeconds: z.int().optional() }).optional() });
  const value = { webSocket: true };
  const jsonSchema = z.toJSONSchema(schema) as JsonSchema;
  const [problem] = explainIssues(jsonSchema, value, schema.safeParse(value).error?.issues ?? []);
  expect(problem?.message).toBe('must be a set of fields, not true; known in it: idleSeconds');
});
