import { describe, expect, test } from 'vitest';
import { compileModel } from './compile-model.ts';
import { readDsl } from './read-dsl.ts';
import { readModel } from './read-model.ts';

const compile = async (dsl: string) => compileModel(await readDsl(`model\n  schema 1.1\n${dsl}`));
const invalid = (message: RegExp) => ({ code: 'invalid_authorization_model', message: expect.stringMatching(message) });

describe('a model in the OpenFGA language', () => {
  test('is read with all its operators', async () => {
    const { model, conditions } = await compile(`type user
type group
  relations
    define member: [user, user:* with weekday, group#member]
type document
  relations
    define parent: [document]
    define blocked: [user]
    define owner: [user]
    define viewer: ([user, group#member] or owner or viewer from parent) but not blocked
    define auditor: owner and viewer
condition weekday(day: int) {
  day < 6
}`);
    expect(model.types.get('document')?.get('viewer')).toEqual({
      name: 'viewer',
      isTupleset: false,
      restrictions: [
        { type: 'user', wildcard: false },
        { type: 'group', relation: 'member', wildcard: false },
      ],
      rewrite: {
        kind: 'difference',
        base: {
          kind: 'union',
          children: [
            { kind: 'this' },
            { kind: 'computed', relation: 'owner' },
            { kind: 'from', tupleset: 'parent', relation: 'viewer' },
          ],
        },
        subtract: { kind: 'computed', relation: 'blocked' },
      },
    });
    expect(model.types.get('document')?.get('parent')?.isTupleset).toBe(true);
    expect([...conditions.keys()]).toEqual(['weekday']);
  });

  test.each([
    ['type user\n  relations\n    define a', /line 5, column 13/],
    ['type user\ntype user', /defined twice|already defined/],
    ['type this', /reserved|line/],
    ['type user\ntype a\n  relations\n    define x: y', /'y', which 'a' does not have/],
    ['type user\ntype a\n  relations\n    define x: [user, nobody]', /'nobody', whose type does not exist/],
    ['type user\ntype a\n  relations\n    define x: [user#no]', /'user#no', which does not exist/],
    ['type user\ntype a\n  relations\n    define x: y\n    define y: x', /defined by itself/],
    ['type user\ntype a\n  relations\n    define x: [a#x]', /nobody could ever have 'a#x'/],
    ['type user\ntype a\n  relations\n    define x: [user]\n    define y: x from x', /none of the types of 'a#x'/],
    ['type user\ntype a\n  relations\n    define p: [a, a#p]\n    define y: [user] or y from p', /only objects/],
    [
      'type user\ntype a\n  relations\n    define p: [a] or q\n    define q: [a]\n    define y: [user] or y from p',
      /direct relation/,
    ],
    ['type user\ntype a\n  relations\n    define x: [user with no]', /condition does not exist/],
    ['type user\ntype a\n  relations\n    define x: [user] and y\n    define y: [a#x]', /nobody could ever have/],
  ])('%j is refused', async (dsl, message) => {
    await expect(compile(dsl)).rejects.toMatchObject(invalid(message));
  });

  test('ten thousand parentheses, and a megabyte, are refused before they are parsed', async () => {
    const nested = `type user\ntype a\n  relations\n    define x: ${'('.repeat(10_000)}[user]${')'.repeat(10_000)}`;
    await expect(compile(nested)).rejects.toMatchObject(invalid(/parentheses/));
    await expect(compile(`type ${'x'.repeat(1_000_000)}`)).rejects.toMatchObject(invalid(/larger than/));
  });
});

describe('a model in JSON', () => {
  const withRelation = (rewrite: unknown) => ({
    schema_version: '1.1',
    type_definitions: [{ type: 'a', relations: { x: rewrite } }],
  });

  test.each([
    [{}, 'invalid_authorization_model'],
    ['text', 'invalid_authorization_model'],
    [{ schema_version: '1.0', type_definitions: [{ type: 'a' }] }, 'unsupported_schema_version'],
    [{ schema_version: '1.1', type_definitions: [] }, 'invalid_authorization_model'],
    [{ schema_version: '1.1', type_definitions: [{ type: 'a b' }] }, 'invalid_authorization_model'],
    [withRelation({}), 'invalid_authorization_model'],
    [withRelation({ this: {}, computedUserset: { relation: 'y' } }), 'invalid_authorization_model'],
    [withRelation({ union: { child: [{ this: {} }] } }), 'invalid_authorization_model'],
    [withRelation({ xor: {} }), 'invalid_authorization_model'],
    [withRelation({ computedUserset: {} }), 'invalid_authorization_model'],
  ])('%j is refused', (json, code) => {
    expect(() => readModel(json)).toThrow(expect.objectContaining({ code }));
  });

  test('a rewrite nested a hundred thousand levels deep is refused', () => {
    let rewrite: object = { this: {} };
    for (let level = 0; level < 100_000; level += 1) rewrite = { union: { child: [rewrite, { this: {} }] } };
    expect(() => readModel(withRelation(rewrite))).toThrow(expect.objectContaining(invalid(/levels deep/)));
  });
});
