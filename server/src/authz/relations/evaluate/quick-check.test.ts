import { beforeAll, describe, expect, test } from 'vitest';
import { GatehouseError } from '#base';
import { changeTuple, openDslScope, tuple } from '../open-scope.fixture.ts';
import type { TupleKey } from '../tuple.ts';
import { answerCheck } from './answer-check.ts';
import type { QueryScope } from './query.ts';

const MODEL = `model
  schema 1.1
type user
type group
  relations
    define member: [user, group#member]
type folder
  relations
    define parent: [folder]
    define viewer: [user, user:*, group#member] or viewer from parent
type document
  relations
    define parent: [folder]
    define owner: [user]
    define blocked: [user]
    define viewer: [user, group#member] or owner or viewer from parent
    define reader: viewer but not blocked
`;
const LONG = 'x'.repeat(300);
const TUPLES = [
  'group:staff#member@user:anne',
  'group:all#member@group:staff#member',
  'folder:root#viewer@group:all#member',
  'folder:inner#parent@folder:root',
  'folder:open#viewer@user:*',
  'document:1#parent@folder:inner',
  'document:2#parent@folder:open',
  'document:3#owner@user:日本',
  'document:é#owner@user:anne',
].map(tuple);

let scope: QueryScope;
beforeAll(async () => {
  scope = await openDslScope(MODEL, TUPLES);
});

function answered(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    if (error instanceof GatehouseError) return { code: error.code, message: error.message };
    throw error;
  }
}

/** Contextual tuples, be they none, are asked about the long way. */
const theLongWay = (key: TupleKey) => answered(() => answerCheck(scope, key, { contextualTuples: [] }));
const asAsked = (key: TupleKey) => answered(() => answerCheck(scope, key, {}));
const quickly = ({ user, relation, object }: TupleKey) => scope.quick?.answer(user, relation, object);

describe('plain questions', () => {
  test.each([
    ['document:1#viewer@user:anne', true],
    ['document:1#viewer@user:ben', false],
    ['document:1#viewer@user:nobody-knows', false],
    ['document:2#viewer@user:ben', true],
    ['document:2#viewer@group:staff', false],
    ['document:9#viewer@user:anne', false],
    ['folder:inner#viewer@user:anne', true],
    ['group:all#member@user:anne', true],
    ['group:staff#member@user:ben', false],
  ])('%s is answered at once: %s', (text, wanted) => {
    expect(quickly(tuple(text))).toBe(wanted);
    expect(theLongWay(tuple(text))).toBe(wanted);
  });
});

describe('what is not plain is left to the long way, and answered or refused as there', () => {
  test.each<[TupleKey, string]>([
    [tuple('document:1#reader@user:anne'), 'an exclusion'],
    [tuple('document:1#viewer@group:staff#member'), 'a userset'],
    [tuple('document:2#viewer@user:*'), 'everybody'],
    [tuple('document:*#viewer@user:anne'), 'an object called everybody'],
    [tuple('document:3#viewer@user:日本'), 'letters beyond ASCII'],
    [tuple('document:é#viewer@user:anne'), 'letters beyond ASCII in the object'],
    [tuple('document:1#nothing@user:anne'), 'a relation that is not there'],
    [tuple('paper:1#viewer@user:anne'), 'a type that is not there'],
    [tuple('document:1#viewer@person:anne'), 'a user of a type that is not there'],
    [{ user: 'user:', relation: 'viewer', object: 'document:1' }, 'no name'],
    [{ user: 'user:anne', relation: 'viewer', object: 'document:' }, 'no name of an object'],
    [{ user: 'anne', relation: 'viewer', object: 'document:1' }, 'no type'],
    [{ user: 'user:a b', relation: 'viewer', object: 'document:1' }, 'a space'],
    [{ user: 'user:a:b', relation: 'viewer', object: 'document:1' }, 'a second colon'],
    [{ user: 'user:anne', relation: 'viewer', object: 'document:1#viewer' }, 'a userset for an object'],
    [{ user: 'user:anne', relation: 'viewer', object: 'document:1\u007f' }, 'a control character'],
    [{ user: `user:${LONG}`, relation: 'viewer', object: 'document:1' }, 'a name that is too long'],
    [{ user: 'user:anne', relation: 'viewer', object: `document:${LONG}` }, 'an object whose name is too long'],
    [{ user: 'user:anne', relation: '', object: 'document:1' }, 'an empty relation'],
  ])('%j: %s', (key) => {
    expect(quickly(key)).toBeUndefined();
    expect(asAsked(key)).toEqual(theLongWay(key));
  });

  test('more tuples of one set than are followed at once', async () => {
    const many = Array.from({ length: 100 }, (_, index) => tuple(`document:4#parent@folder:f${index}`));
    const wide = await openDslScope(MODEL, [...many, tuple('folder:f0#viewer@user:anne')]);
    expect(wide.quick?.answer('user:ben', 'viewer', 'document:4')).toBeUndefined();
    expect(answerCheck(wide, tuple('document:4#viewer@user:anne'), {})).toBe(true);
  });
});

describe('what was remembered is forgotten when it changes', () => {
  const seen = (who: string) => quickly(tuple(`document:1#viewer@user:${who}`));

  test('one person joins and leaves: only that person is looked at anew', () => {
    const joins = tuple('group:staff#member@user:ben');
    expect([seen('anne'), seen('ben')]).toEqual([true, false]);
    changeTuple(scope.graph, scope, joins, false);
    expect([seen('anne'), seen('ben')]).toEqual([true, true]);
    changeTuple(scope.graph, scope, joins, true);
    expect([seen('anne'), seen('ben')]).toEqual([true, false]);
  });

  test('who shares groups with somebody keeps them when the other leaves', () => {
    const [cal, dan] = [tuple('group:staff#member@user:cal'), tuple('group:staff#member@user:dan')];
    for (const joins of [cal, dan]) changeTuple(scope.graph, scope, joins, false);
    expect(['anne', 'cal', 'dan'].map(seen)).toEqual([true, true, true]);
    changeTuple(scope.graph, scope, cal, true);
    expect(['anne', 'cal', 'dan'].map(seen)).toEqual([true, false, true]);
    changeTuple(scope.graph, scope, tuple('group:other#member@user:cal'), false);
    expect(['anne', 'cal', 'dan'].map(seen)).toEqual([true, false, true]);
    for (const leaves of [dan, tuple('group:other#member@user:cal')]) changeTuple(scope.graph, scope, leaves, true);
    expect(['anne', 'cal', 'dan'].map(seen)).toEqual([true, false, false]);
  });

  test('more changes than are remembered one by one', () => {
    for (let round = 0; round < 200; round += 1) {
      const leaves = tuple('group:staff#member@user:anne');
      changeTuple(scope.graph, scope, leaves, round % 2 === 0);
      if (round % 70 === 0) expect(seen('anne')).toBe(round % 2 !== 0);
    }
    expect(seen('anne')).toBe(true);
  });

  test('a group leaves a group, a folder its folder, everybody comes', () => {
    const steps: [string, boolean, boolean][] = [
      ['group:all#member@group:staff#member', true, false],
      ['group:all#member@group:staff#member', false, true],
      ['folder:inner#parent@folder:root', true, false],
      ['folder:inner#viewer@user:*', false, true],
      ['folder:inner#viewer@user:*', true, false],
      ['folder:inner#parent@folder:root', false, true],
    ];
    for (const [text, remove, wanted] of steps) {
      changeTuple(scope.graph, scope, tuple(text), remove);
      expect(seen('anne'), text).toBe(wanted);
    }
  });
});

test('more groups than may be remembered: all is forgotten, and answered as before', async () => {
  const people = Array.from({ length: 5_000 }, (_, index) => index);
  const deep = await openDslScope(MODEL, [
    ...['seeing', 'other'].flatMap((chain) =>
      Array.from({ length: 60 }, (_, level) =>
        tuple(`group:${chain}-${level}#member@group:${chain}-${level + 1}#member`),
      ),
    ),
    ...people.flatMap((who) => [
      tuple(`group:own-${who}#member@user:person-${who}`),
      tuple(`group:${who % 2 === 0 ? 'seeing-60' : 'other-60'}#member@group:own-${who}#member`),
    ]),
    tuple('folder:f#viewer@group:seeing-0#member'),
    tuple('document:d#parent@folder:f'),
  ]);
  for (let round = 0; round < 2; round += 1) {
    const seeing = people.filter((who) => deep.quick?.answer(`user:person-${who}`, 'viewer', 'document:d') === true);
    expect(seeing).toEqual(people.filter((who) => who % 2 === 0));
  }
});
