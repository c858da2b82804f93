import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditMigrations } from '#audit';
import { DEFAULT_TENANT_ID, GatehouseError, systemPrincipal } from '#base';
import { fixedClock, openTestStore, seededRandom, type TestStore } from '#testing';
import { arbitraryModel, CONTEXT, type ModelCase, OBJECTS, RELATIONS, SUBJECTS } from './arbitrary-model.fixture.ts';
import { writeConsistencyToken } from './consistency-token.ts';
import { answerCheck } from './evaluate/answer-check.ts';
import { expandRelation } from './evaluate/expand.ts';
import { objectsOf } from './evaluate/list-objects.ts';
import { usersOf } from './evaluate/list-users.ts';
import { compileModel } from './model/compile-model.ts';
import { readDsl } from './model/read-dsl.ts';
import { tuple } from './open-scope.fixture.ts';
import { openRelationGraphs, type RelationGraphs } from './relation-graphs.ts';
import { relationsMigrations } from './storage/migrations.ts';
import { writeModel } from './storage/models.ts';
import { createRelationStore, type StoragePort } from './storage/stores.ts';
import { writeTuples } from './storage/write-tuples.ts';
import type { ModelScope } from './store-graph.ts';
import { readObject, type TupleKey, writeSubject } from './tuple.ts';

const tenantId = DEFAULT_TENANT_ID;
const actor = systemPrincipal(tenantId, 'test');

let store: TestStore;
let deps: StoragePort;
let inMemory: RelationGraphs;
let inDatabase: RelationGraphs;
beforeAll(async () => {
  store = await openTestStore([auditMigrations, relationsMigrations]);
  deps = { store, clock: fixedClock(), random: seededRandom('large store') };
  inMemory = openRelationGraphs({ store });
  inDatabase = openRelationGraphs({ store, tuplesMax: 0 });
});
afterAll(async () => {
  inMemory?.close();
  inDatabase?.close();
  await store?.close();
});

async function storeWith(model: unknown, tuples: readonly TupleKey[]) {
  const { id: storeId } = await createRelationStore(deps, { tenantId, actor, name: 'test' });
  const place = { tenantId, storeId };
  await writeModel(deps, { ...place, actor, model });
  const rules = await compileModel(model);
  for (let from = 0; from < tuples.length; from += 100) {
    await writeTuples(deps, rules, { ...place, actor, writes: tuples.slice(from, from + 100), deletes: [] });
  }
  return place;
}

/** Whatever comes of it, as one text: an answer, or an error's code. */
function outcomeOf(work: () => unknown): string {
  try {
    return JSON.stringify(work());
  } catch (error) {
    if (error instanceof GatehouseError) return error.code;
    throw error;
  }
}

/** Everything that can be asked, some of it with tuples that the question brings along. */
const everything =
  (contextual: readonly TupleKey[]) =>
  (scope: ModelScope): string[] => {
    const outcomes: string[] = [];
    for (const contextualTuples of [undefined, contextual]) {
      const circumstances = { context: CONTEXT, contextualTuples };
      for (const relation of RELATIONS) {
        for (const object of OBJECTS) {
          for (const user of SUBJECTS) {
            const key = { object, relation, user };
            outcomes.push(`${object}#${relation}@${user} ${outcomeOf(() => answerCheck(scope, key, circumstances))}`);
          }
          const { type = '', id = '' } = readObject(object) ?? {};
          const users = () =>
            [...usersOf(scope, { object: { type, id }, relation, filter: { type: 'user' }, ...circumstances })]
              .map(writeSubject)
              .sort();
          outcomes.push(`${object}#${relation} ${outcomeOf(users)}`);
          outcomes.push(outcomeOf(() => expandRelation(scope, { object, relation }, circumstances)));
        }
        for (const user of SUBJECTS) {
          const objects = () => [...objectsOf(scope, { user, relation, type: 'folder', ...circumstances })].sort();
          outcomes.push(`${relation}@${user} ${outcomeOf(objects)}`);
        }
      }
    }
    return outcomes;
  };

test('what is asked in the database is answered as it is in memory', async () => {
  const compare = async ({ json, tuples: generated }: ModelCase): Promise<void> => {
    // What every set says of itself can't be written.
    const tuples = generated.filter(({ object, relation, user }) => user !== `${object}#${relation}`);
    const sound = await compileModel(json).catch(() => undefined);
    fc.pre(sound !== undefined);
    const half = Math.ceil(tuples.length / 2);
    const place = await storeWith(json, tuples.slice(0, half));
    const work = everything(tuples.slice(half));
    expect(await inDatabase.answer(place, work)).toEqual(await inMemory.answer(place, work));
  };
  await fc.assert(fc.asyncProperty(arbitraryModel({ conditions: true }), compare), { numRuns: 12 });
}, 60_000);

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
    define viewer: [user, group#member] or viewer from parent
`;

describe('a large store', () => {
  const CROWD = 10_500;
  let place: Awaited<ReturnType<typeof storeWith>>;
  const check = (text: string, more: object = {}) =>
    inDatabase.answer({ ...place, ...more }, (scope) => answerCheck(scope, tuple(text), {}));

  beforeAll(async () => {
    const chain = Array.from({ length: 30 }, (_, depth) => tuple(`folder:${depth}#parent@folder:${depth + 1}`));
    place = await storeWith(await readDsl(MODEL), [
      ...chain,
      tuple('folder:30#viewer@group:all#member'),
      tuple('group:all#member@group:staff#member'),
      tuple('group:staff#member@user:anne'),
    ]);
    // More than one question may look through: members of a group, and folders of somebody.
    await store.transaction({ tenantId }, async (tx) => {
      const { sql } = await import('kysely');
      await sql`insert into relation_tuples (tenant_id, store_id, object_type, object_id, relation, subject, written_at)
        select ${tenantId}, ${place.storeId}, 'group', 'all', 'member', 'user:' || n, 0 from generate_series(1, ${CROWD}::integer) n
        union all
        select ${tenantId}, ${place.storeId}, 'folder', 'own' || n, 'viewer', 'user:busy', 0 from generate_series(1, ${CROWD}::integer) n
        union all
        select ${tenantId}, ${place.storeId}, 'group', 'all', 'member', 'user:busy', 0`.execute(tx);
    });
  });

  test.each([
    ['folder:0#viewer@user:anne', true],
    ['folder:0#viewer@user:9999', true],
    ['folder:0#viewer@user:stranger', false],
    ['folder:0#viewer@user:busy', true],
    ['folder:own7#viewer@user:busy', true],
    ['folder:own7#viewer@user:anne', false],
    ['group:all#member@group:staff#member', true],
    ['folder:nowhere#viewer@user:anne', false],
  ])('%s: %s', async (text, holds) => {
    expect(await check(text)).toBe(holds);
  });

  test('a list that would need more than may be read is refused, not cut in silence', async () => {
    const list = () =>
      inDatabase.answer(place, (scope) => [
        ...objectsOf(scope, { user: 'user:busy', relation: 'viewer', type: 'folder' }),
      ]);
    await expect(list()).rejects.toMatchObject({ code: 'authorization_model_resolution_too_complex' });
    const users = () =>
      inDatabase.answer(place, (scope) => [
        ...usersOf(scope, { object: { type: 'folder', id: '0' }, relation: 'viewer', filter: { type: 'user' } }),
      ]);
    await expect(users()).rejects.toMatchObject({ code: 'authorization_model_resolution_too_complex' });
  });

  test('what was written is there at once, and a token from the future is refused', async () => {
    const rules = await inDatabase.rules(place);
    const change = { ...place, actor, writes: [], deletes: [tuple('group:staff#member@user:anne')] };
    const revision = await writeTuples(deps, rules, change);
    const consistencyToken = writeConsistencyToken(place.storeId, revision);
    expect(await check('folder:0#viewer@user:anne', { consistencyToken })).toBe(false);
    const later = writeConsistencyToken(place.storeId, revision + 1);
    await expect(check('folder:0#viewer@user:anne', { consistencyToken: later })).rejects.toMatchObject({
      code: 'relations_behind',
    });
  });

  test('a store that outgrows memory is asked in the database from then on, and policies don’t see it', async () => {
    const small = await storeWith(await readDsl(MODEL), [tuple('group:staff#member@user:anne')]);
    const graphs = openRelationGraphs({ store, tuplesMax: 2 });
    const holds = (user: string) =>
      graphs.answer(small, (scope) => answerCheck(scope, tuple(`group:staff#member@user:${user}`), {}));
    const pin = graphs.pin(small);
    await pin.ready;
    expect([await holds('anne'), pin.current() !== undefined]).toEqual([true, true]);
    const writes = ['bob', 'carl', 'dora'].map((user) => tuple(`group:staff#member@user:${user}`));
    await writeTuples(deps, await graphs.rules(small), { ...small, actor, writes, deletes: [] });
    await graphs.refresh(small);
    expect([await holds('dora'), await holds('eve'), pin.current()]).toEqual([true, false, undefined]);
    graphs.close();
  });

  test.each([
    ['store_id_not_found', { storeId: '01J00000000000000000000000' }],
    ['authorization_model_not_found', { modelId: '01J00000000000000000000000' }],
    ['authorization_model_not_found', { modelId: 'nonsense' }],
  ])('%s', async (code, other) => {
    await expect(check('group:all#member@user:1', other)).rejects.toMatchObject({ code });
  });
});
