import { describe, expect, test } from 'vitest';
import { cpuMilliseconds } from '#testing';
import { answerCheck } from './evaluate/answer-check.ts';
import { objectsOf } from './evaluate/list-objects.ts';
import { usersOf } from './evaluate/list-users.ts';
import { RELATION_LIMITS } from './limits.ts';
import { openDslScope, tuple } from './open-scope.fixture.ts';
import type { TupleKey } from './tuple.ts';

const MODEL = `model
  schema 1.1
type user
type group
  relations
    define member: [user, group#member]
type folder
  relations
    define parent: [folder]
    define blocked: [user, group#member]
    define viewer: [user, group#member] or viewer from parent
    define reader: viewer but not blocked
    define both: [user, folder#both] and viewer
`;
const tooComplex = expect.objectContaining({ code: 'authorization_model_resolution_too_complex' });
const range = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('whatever the tuples, a check ends', () => {
  test('groups that are members of each other, and folders inside themselves', async () => {
    const scope = await openDslScope(MODEL, [
      tuple('group:a#member@group:b#member'),
      tuple('group:b#member@group:a#member'),
      tuple('folder:1#parent@folder:2'),
      tuple('folder:2#parent@folder:1'),
      tuple('folder:1#viewer@group:a#member'),
      tuple('folder:2#blocked@group:b#member'),
      tuple('group:b#member@user:anne'),
      tuple('folder:1#both@folder:2#both'),
      tuple('folder:2#both@folder:1#both'),
    ]);
    const check = (relation: string, user: string) => answerCheck(scope, { object: 'folder:1', relation, user }, {});
    expect(check('viewer', 'user:anne')).toBe(true);
    expect(check('viewer', 'user:ben')).toBe(false);
    expect(check('reader', 'user:anne')).toBe(true);
    expect(check('both', 'user:anne')).toBe(false);
    expect(answerCheck(scope, { object: 'folder:2', relation: 'reader', user: 'user:anne' }, {})).toBe(false);
  });

  test('an exclusion that depends on its own opposite denies', async () => {
    const scope = await openDslScope(
      'model\n  schema 1.1\ntype user\ntype a\n  relations\n    define barred: [user, a#allowed]\n    define allowed: [user] but not barred',
      [tuple('a:1#allowed@user:anne'), tuple('a:1#barred@a:1#allowed')],
    );
    expect(answerCheck(scope, { object: 'a:1', relation: 'allowed', user: 'user:anne' }, {})).toBe(false);
  });

  test('a thousand folders deep is answered; where intersections nest, the depth is bounded', async () => {
    const chain = range(1_000).map((level) => tuple(`folder:${level}#parent@folder:${level + 1}`));
    const boths = range(1_000).map((level) => tuple(`folder:${level}#both@folder:${level + 1}#both`));
    const scope = await openDslScope(MODEL, [
      ...chain,
      ...boths,
      tuple('folder:1000#viewer@user:anne'),
      tuple('folder:1000#both@user:anne'),
    ]);
    const check = (relation: string) => answerCheck(scope, { object: 'folder:0', relation, user: 'user:anne' }, {});
    expect(check('viewer')).toBe(true);
    expect(() => check('both')).toThrow(tooComplex);
  });

  test('a web that is too wide is given up with a clear error, in bounded time', async () => {
    // Just more tuples than a check may look at: writing them takes longer than giving up.
    const size = 460;
    const web: TupleKey[] = range(size).flatMap((from) =>
      range(size).map((to) => tuple(`folder:${from}#parent@folder:${to}`)),
    );
    const scope = await openDslScope(MODEL, web);
    const check = () => answerCheck(scope, { object: 'folder:0', relation: 'viewer', user: 'user:x' }, {});
    expect(await cpuMilliseconds(() => expect(check).toThrow(tooComplex))).toBeLessThan(2_000);
  });

  test('intersections in a web of cycles do not take forever', async () => {
    const web = range(30).flatMap((from) => range(30).map((to) => tuple(`folder:${from}#both@folder:${to}#both`)));
    const views = range(30).map((each) => tuple(`folder:${each}#viewer@user:anne`));
    const scope = await openDslScope(MODEL, [...web, ...views]);
    const check = () => answerCheck(scope, { object: 'folder:0', relation: 'both', user: 'user:anne' }, {});
    expect(await cpuMilliseconds(() => expect(check).toThrow(tooComplex))).toBeLessThan(2_000);
  });

  test('lists are bounded as well', async () => {
    const web = range(400).flatMap((from) => range(400).map((to) => tuple(`folder:${from}#parent@folder:${to}`)));
    const scope = await openDslScope(MODEL, [...web, tuple('folder:0#viewer@user:anne')]);
    expect([...objectsOf(scope, { user: 'user:anne', relation: 'viewer', type: 'folder' })]).toHaveLength(400);
    const users = usersOf(scope, { object: { type: 'folder', id: '1' }, relation: 'viewer', filter: { type: 'user' } });
    expect([...users]).toEqual([{ type: 'user', id: 'anne' }]);
  });
});

describe('what a request brings along is bounded', () => {
  const key = tuple('folder:1#viewer@user:anne');
  const invalid = (message: RegExp) =>
    expect.objectContaining({ code: 'validation_error', message: expect.stringMatching(message) });

  test('a thousand contextual tuples are refused', async () => {
    const scope = await openDslScope(MODEL, []);
    const contextualTuples = range(1_000).map((index) => tuple(`folder:1#viewer@user:${index}`));
    expect(() => answerCheck(scope, key, { contextualTuples })).toThrow(invalid(/at most 100/));
    const some = contextualTuples.slice(0, RELATION_LIMITS.contextualTuplesMax);
    expect(answerCheck(scope, key, { contextualTuples: some })).toBe(false);
    expect(answerCheck(scope, key, { contextualTuples: [key] })).toBe(true);
    expect(answerCheck(scope, key, {})).toBe(false);
  });

  test.each([
    ['folder:1#nothing@user:anne'],
    ['folder:1#reader@user:anne'],
    ['folder:*#viewer@user:anne'],
    ['folder:1#viewer@user:*'],
    ['folder:1#viewer@nobody:anne'],
    ['folder:1#parent@folder:2#viewer'],
    ['folder#viewer@user:anne'],
    ['folder:1#viewer@user:a b'],
  ])('a contextual tuple %s that the model does not allow is refused', async (text) => {
    const scope = await openDslScope(MODEL, []);
    expect(() => answerCheck(scope, key, { contextualTuples: [tuple(text)] })).toThrow(
      expect.objectContaining({ code: 'invalid_tuple' }),
    );
  });

  test('a context of a megabyte, or of a thousand levels, is refused', async () => {
    const scope = await openDslScope(MODEL, []);
    expect(() => answerCheck(scope, key, { context: { text: 'x'.repeat(1_000_000) } })).toThrow(invalid(/context/));
    let deep = {};
    for (let level = 0; level < 1_000; level += 1) deep = { deep };
    expect(() => answerCheck(scope, key, { context: deep })).toThrow(invalid(/context/));
  });

  test.each([
    ['folder:1#viewer@anne', /user/],
    ['folder:1#nothing@user:anne', /relation 'folder#nothing' not found/],
    ['file:1#viewer@user:anne', /type 'file' not found/],
    ['folder:1#viewer@nobody:anne', /type 'nobody' not found/],
    ['folder:1#viewer@group:x#nothing', /relation 'group#nothing' not found/],
    ['folder:*#viewer@user:anne', /typed wildcard/],
  ])('the question %s is refused', async (text, message) => {
    const scope = await openDslScope(MODEL, []);
    expect(() => answerCheck(scope, tuple(text), {})).toThrow(invalid(message));
  });
});
