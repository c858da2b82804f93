import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatehouseError } from '#base';
import { arbitraryModel, CONTEXT, OBJECTS, RELATIONS, SUBJECTS } from '../arbitrary-model.fixture.ts';
import { compileModel } from '../model/compile-model.ts';
import { openDslScope, openScope, tuple } from '../open-scope.fixture.ts';
import { readObject, readSubject, type TupleKey } from '../tuple.ts';
import { answerCheck } from './answer-check.ts';
import { findPath } from './find-path.ts';
import { type Circumstances, Query, type QueryScope } from './query.ts';

function pathOf(scope: QueryScope, key: TupleKey, circumstances: Circumstances = {}) {
  const object = readObject(key.object);
  const subject = readSubject(key.user);
  if (object === undefined || subject === undefined) throw new Error('not a question');
  const query = new Query(scope, circumstances);
  query.subject(subject);
  return findPath(query, { object, relation: key.relation, subject });
}

const write = ({ object, relation, user }: TupleKey) => `${object}#${relation}@${user}`;

const MODEL = `
model
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
    define folder: [folder]
    define banned: [user]
    define cleared: [user with office]
    define editor: [user]
    define viewer: ([user] or editor or viewer from folder) but not banned
    define reader: viewer and cleared
condition office(ip: string) {
  ip.startsWith("192.0.2.")
}
`;
const TUPLES = [
  tuple('group:staff#member@user:anne'),
  tuple('group:all#member@group:staff#member'),
  tuple('folder:root#viewer@group:all#member'),
  tuple('folder:sub#parent@folder:root'),
  tuple('folder:root#parent@folder:sub'),
  tuple('document:1#folder@folder:sub'),
  tuple('document:1#banned@user:bob'),
  tuple('document:1#editor@user:bob'),
  tuple('document:2#editor@user:anne'),
  { ...tuple('document:1#cleared@user:anne'), condition: { name: 'office' } },
  tuple('folder:open#viewer@user:*'),
];

describe('the path of a relationship', () => {
  test.each([
    ['named directly', 'document:2#viewer@user:anne', ['document:2#editor@user:anne']],
    [
      'through folders that contain each other, and nested groups',
      'document:1#viewer@user:anne',
      [
        'document:1#folder@folder:sub',
        'folder:sub#parent@folder:root',
        'folder:root#viewer@group:all#member',
        'group:all#member@group:staff#member',
        'group:staff#member@user:anne',
      ],
    ],
    ['as everybody', 'folder:open#viewer@user:zoe', ['folder:open#viewer@user:*']],
    ['excluded', 'document:1#viewer@user:bob', undefined],
    ['not at all', 'document:2#viewer@user:zoe', undefined],
    ['an object nobody has heard of', 'document:9#viewer@user:anne', undefined],
    ['a condition that lacks what it asks for', 'document:1#reader@user:anne', undefined],
    ['a userset, which has itself', 'group:all#member@group:all#member', []],
  ])('%s', async (_, question, path) => {
    const scope = await openDslScope(MODEL, TUPLES);
    expect(pathOf(scope, tuple(question))?.map(write)).toEqual(path);
  });

  test('both sides of an intersection, with the condition that was met', async () => {
    const scope = await openDslScope(MODEL, TUPLES);
    const path = pathOf(scope, tuple('document:1#reader@user:anne'), { context: { ip: '192.0.2.7' } });
    expect(path?.at(-1)).toEqual({
      ...tuple('document:1#cleared@user:anne'),
      condition: { name: 'office' },
    });
    expect(path).toHaveLength(6);
  });

  test('names a tuple once that leads back to its own object and serves two relations', async () => {
    const model = `
model
  schema 1.1
type user
type folder
  relations
    define parent: [folder]
    define owner: [user]
    define viewer: owner from parent
    define reader: viewer from parent`;
    const scope = await openDslScope(model, [
      tuple('folder:own#parent@folder:own'),
      tuple('folder:own#owner@user:anne'),
    ]);
    const path = pathOf(scope, tuple('folder:own#reader@user:anne'));
    expect(path?.map(write)).toEqual(['folder:own#parent@folder:own', 'folder:own#owner@user:anne']);
  });
});

test('there is a path for every yes and for no other answer; its tuples alone are enough where nothing is excluded', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryModel({ conditions: true }), async ({ json, tuples }) => {
      const rules = await compileModel(json).catch((error: unknown) => {
        if (error instanceof GatehouseError && error.code === 'invalid_authorization_model') return undefined;
        throw error;
      });
      fc.pre(rules !== undefined);
      if (rules === undefined) return;
      const scope = openScope(rules, tuples);
      const circumstances = { context: CONTEXT };
      for (const object of OBJECTS) {
        for (const relation of RELATIONS) {
          for (const user of SUBJECTS) {
            const key = { object, relation, user };
            const path = pathOf(scope, key, circumstances);
            const holds = answers(() => answerCheck(scope, key, circumstances));
            expect(path !== undefined).toBe(holds);
            if (path === undefined) continue;
            const own = tuples.filter((each) => path.some((one) => write(one) === write(each)));
            expect(new Set(own.map(write)).size).toBe(path.length);
            const plan = new Query(scope, {}).plan(key.object.split(':')[0] ?? '', relation);
            if (plan.monotone) expect(answerCheck(openScope(rules, own), key, circumstances)).toBe(true);
          }
        }
      }
    }),
    { numRuns: 150 },
  );
});

function answers(work: () => boolean): boolean {
  try {
    return work();
  } catch (error) {
    if (error instanceof GatehouseError && error.code === 'validation_error') return false;
    throw error;
  }
}
