import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditMigrations, listEvents } from '#audit';
import { DEFAULT_TENANT_ID, systemPrincipal } from '#base';
import { fixedClock, openSecondStore, openTestStore, seededRandom, type TestStore } from '#testing';
import { readConsistencyToken, writeConsistencyToken } from '../consistency-token.ts';
import { answerCheck } from '../evaluate/answer-check.ts';
import { readDsl } from '../model/read-dsl.ts';
import { tuple } from '../open-scope.fixture.ts';
import { openRelationGraphs, type RelationGraphs, type ScopeInput } from '../relation-graphs.ts';
import type { TupleKey } from '../tuple.ts';
import { relationsMigrations } from './migrations.ts';
import { getModel, listModels, writeModel } from './models.ts';
import { purgeDeletedStores } from './purge-stores.ts';
import { readChanges } from './read-changes.ts';
import { readTuples } from './read-tuples.ts';
import {
  createRelationStore,
  deleteRelationStore,
  getRelationStore,
  listRelationStores,
  type StoragePort,
} from './stores.ts';
import { writeTuples } from './write-tuples.ts';

const MIGRATIONS = [auditMigrations, relationsMigrations];
const MODEL = `model
  schema 1.1
type user
type group
  relations
    define member: [user, group#member]
type document
  relations
    define viewer: [user, user with weekday, group#member]
condition weekday(day: int) {
  day < 6
}`;
const tenantId = DEFAULT_TENANT_ID;
const actor = systemPrincipal(tenantId, 'test');

let store: TestStore;
let deps: StoragePort;
let graphs: RelationGraphs;

beforeAll(async () => {
  store = await openTestStore(MIGRATIONS);
  deps = { store, clock: fixedClock(), random: seededRandom('relations') };
  graphs = openRelationGraphs({ store });
});
afterAll(async () => {
  graphs?.close();
  await store?.close();
});

/** What checks are answered from. */
const scopeOf = (input: ScopeInput) => graphs.answer(input, (scope) => scope);

async function newStore(): Promise<{ tenantId: string; storeId: string }> {
  const { id: storeId } = await createRelationStore(deps, { tenantId, actor, name: 'test' });
  await writeModel(deps, { tenantId, storeId, actor, model: await readDsl(MODEL) });
  return { tenantId, storeId };
}

async function write(
  place: { tenantId: string; storeId: string },
  change: { writes?: TupleKey[]; deletes?: TupleKey[]; onDuplicate?: 'ignore'; onMissing?: 'ignore' },
): Promise<number> {
  const rules = await scopeOf(place);
  return writeTuples(deps, rules, { ...place, actor, writes: [], deletes: [], ...change });
}

async function check(place: { tenantId: string; storeId: string }, text: string, consistencyToken?: string) {
  const scope = await scopeOf({
    ...place,
    ...(consistencyToken === undefined ? { higherConsistency: true } : { consistencyToken }),
  });
  return answerCheck(scope, tuple(text), {});
}

const keysIn = async (place: { tenantId: string; storeId: string }) => {
  const { tuples } = await readTuples(deps, { ...place, filter: {}, pageSize: 100 });
  return tuples.map(({ key }) => `${key.object}#${key.relation}@${key.user}`);
};
const failed = (message: RegExp) => ({
  code: 'write_failed_due_to_invalid_input',
  message: expect.stringMatching(message),
});

describe('tuples', () => {
  const anne = tuple('document:1#viewer@user:anne');
  const staff = tuple('document:1#viewer@group:staff#member');

  test('are written and deleted all or none', async () => {
    const place = await newStore();
    await write(place, { writes: [anne, staff] });
    const ben = tuple('document:1#viewer@user:ben');
    await expect(write(place, { writes: [ben, anne] })).rejects.toMatchObject(
      failed(/already exists: user: 'user:anne'/),
    );
    await expect(
      write(place, { writes: [ben], deletes: [tuple('document:9#viewer@user:anne')] }),
    ).rejects.toMatchObject(failed(/cannot delete a tuple which does not exist/));
    expect(await keysIn(place)).toEqual(['document:1#viewer@group:staff#member', 'document:1#viewer@user:anne']);
    await write(place, { writes: [ben], deletes: [anne] });
    expect(await keysIn(place)).toEqual(['document:1#viewer@group:staff#member', 'document:1#viewer@user:ben']);
  });

  test('that are there already, or not there, may be passed over; one with another condition may not', async () => {
    const place = await newStore();
    await write(place, { writes: [anne] });
    await write(place, { writes: [anne, staff], onDuplicate: 'ignore' });
    await write(place, { deletes: [staff, tuple('document:9#viewer@user:anne')], onMissing: 'ignore' });
    expect(await keysIn(place)).toEqual(['document:1#viewer@user:anne']);
    const conditional = { ...anne, condition: { name: 'weekday', context: { day: 1 } } };
    await expect(write(place, { writes: [conditional], onDuplicate: 'ignore' })).rejects.toMatchObject(
      failed(/different condition/),
    );
  });

  test.each<[string, { writes?: TupleKey[]; deletes?: TupleKey[] }, string]>([
    ['nothing', {}, 'invalid_write_input'],
    ['the same tuple twice', { writes: [anne, anne] }, 'cannot_allow_duplicate_tuples_in_one_request'],
    [
      'the same tuple written and deleted',
      { writes: [anne], deletes: [anne] },
      'cannot_allow_duplicate_tuples_in_one_request',
    ],
    [
      '101 tuples',
      { writes: Array.from({ length: 101 }, (_, n) => tuple(`document:1#viewer@user:${n}`)) },
      'exceeded_entity_limit',
    ],
    ['a relation that is not there', { writes: [tuple('document:1#nothing@user:anne')] }, 'validation_error'],
    ['a user of a type that is not allowed', { writes: [tuple('document:1#viewer@document:2')] }, 'validation_error'],
    ['itself', { writes: [tuple('group:1#member@group:1#member')] }, 'validation_error'],
    ['a condition that is not there', { writes: [{ ...anne, condition: { name: 'none' } }] }, 'validation_error'],
    [
      'a context of another type',
      { writes: [{ ...anne, condition: { name: 'weekday', context: { day: 'one' } } }] },
      'validation_error',
    ],
    ['a malformed user to delete', { deletes: [{ ...anne, user: 'anne' }] }, 'validation_error'],
  ])('%s: refused, and nothing is changed', async (_name, change, code) => {
    const place = await newStore();
    await expect(write(place, change)).rejects.toMatchObject({ code });
    expect(await keysIn(place)).toEqual([]);
  });

  test('of a model that is gone from use can still be deleted, and do not count under the newer one', async () => {
    const place = await newStore();
    await write(place, { writes: [anne] });
    const newer = MODEL.replace('[user, user with weekday, group#member]', '[group#member]');
    await writeModel(deps, { ...place, actor, model: await readDsl(newer) });
    expect(await check(place, 'document:1#viewer@user:anne')).toBe(false);
    await write(place, { deletes: [anne] });
    expect(await keysIn(place)).toEqual([]);
  });

  test('racing writers of one tuple: one wins, and the revisions have no gap', async () => {
    const place = await newStore();
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => write(place, { writes: [anne] })));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const others = Array.from({ length: 10 }, (_, n) =>
      write(place, { writes: [tuple(`document:2#viewer@user:${n}`)] }),
    );
    expect((await Promise.all(others)).toSorted((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  test('are read by object, by user, and page by page', async () => {
    const place = await newStore();
    await write(place, {
      writes: [anne, staff, tuple('document:2#viewer@user:anne'), tuple('group:staff#member@user:anne')],
    });
    const read = async (filter: object) =>
      (await readTuples(deps, { ...place, filter })).tuples.map(({ key }) => key.object);
    expect(await read({ object: 'document:1' })).toEqual(['document:1', 'document:1']);
    expect(await read({ object: 'document:1', user: 'user:anne' })).toEqual(['document:1']);
    expect(await read({ object: 'document:', user: 'user:anne' })).toEqual(['document:1', 'document:2']);
    await expect(read({ user: 'user:anne' })).rejects.toMatchObject({ code: 'validation_error' });
    await expect(read({ object: 'document:' })).rejects.toMatchObject({ code: 'validation_error' });
    const seen: string[] = [];
    for (let token: string | undefined; token !== ''; ) {
      const page = await readTuples(deps, {
        ...place,
        filter: {},
        pageSize: 3,
        ...(token && { continuationToken: token }),
      });
      seen.push(...page.tuples.map(({ key }) => key.object));
      token = page.continuationToken;
    }
    expect(seen).toEqual(['document:1', 'document:1', 'document:2', 'group:staff']);
    for (const continuationToken of ['x', 'W10', 'WzEsMiwzLDRd', '=']) {
      await expect(readTuples(deps, { ...place, filter: {}, continuationToken })).rejects.toMatchObject({
        code: 'invalid_continuation_token',
      });
    }
  });

  test('leave a trail: every change in order, by type, from a time, and from where one stopped', async () => {
    const place = await newStore();
    await write(place, { writes: [anne, tuple('group:staff#member@user:anne')] });
    await write(place, { deletes: [anne] });
    const all = await readChanges(deps, place);
    expect(all.changes.map(({ operation, key }) => `${operation} ${key.object}`)).toEqual([
      'write document:1',
      'write group:staff',
      'delete document:1',
    ]);
    const { changes } = await readChanges(deps, { ...place, type: 'group' });
    expect(changes).toHaveLength(1);
    const rest = await readChanges(deps, { ...place, continuationToken: all.continuationToken });
    expect(rest).toEqual({ changes: [], continuationToken: all.continuationToken });
    expect((await readChanges(deps, { ...place, from: deps.clock.now() + 1 })).changes).toEqual([]);
    const first = await readChanges(deps, { ...place, pageSize: 2 });
    expect((await readChanges(deps, { ...place, continuationToken: first.continuationToken })).changes).toHaveLength(1);
    await expect(
      readChanges(deps, { ...place, type: 'document', continuationToken: first.continuationToken }),
    ).rejects.toMatchObject({ code: 'query_string_type_continuation_token_mismatch' });
  });

  test('commit together with their audit event', async () => {
    const place = await newStore();
    const revision = await write(place, { writes: [anne, staff] });
    const events = await listEvents(deps, { tenantId, type: 'relation_tuples.written' });
    const event = JSON.stringify(events);
    expect(event).toContain(place.storeId);
    expect(event).toContain(`"revision":${revision}`);
  });
});

describe('what one process writes, another knows', () => {
  test('a token is answered from a state at least as fresh, on any replica', async () => {
    const place = await newStore();
    const other = await openSecondStore(store, MIGRATIONS);
    const elsewhere = openRelationGraphs({ store: other });
    try {
      const checkThere = async (text: string, consistencyToken: string) =>
        answerCheck(await elsewhere.answer({ ...place, consistencyToken }, (scope) => scope), tuple(text), {});
      for (let round = 1; round <= 20; round += 1) {
        const key = tuple(`document:${round}#viewer@user:anne`);
        const token = writeConsistencyToken(place.storeId, await write(place, { writes: [key] }));
        expect(await checkThere(`document:${round}#viewer@user:anne`, token)).toBe(true);
        const after = writeConsistencyToken(place.storeId, await write(place, { deletes: [key] }));
        expect(await checkThere(`document:${round}#viewer@user:anne`, after)).toBe(false);
      }
      await write(place, {
        writes: [tuple('group:staff#member@user:ben'), tuple('document:1#viewer@group:staff#member')],
      });
      await other.changes.caughtUp();
      expect(await checkThere('document:1#viewer@user:ben', writeConsistencyToken(place.storeId, 0))).toBe(true);
    } finally {
      elsewhere.close();
      await other.close();
    }
  });

  test.each(['', 'x', 'MS4wLjE', writeConsistencyToken('01ARZ3NDEKTSV4RRFFQ69G5FAV', 1)])(
    'the token %j is refused',
    async (token) => {
      const { storeId } = await newStore();
      expect(() => readConsistencyToken(token, storeId)).toThrow(
        expect.objectContaining({ code: 'consistency_token_invalid' }),
      );
    },
  );

  test('a token from the future is not waited for', async () => {
    const place = await newStore();
    const consistencyToken = writeConsistencyToken(place.storeId, 99);
    await expect(scopeOf({ ...place, consistencyToken })).rejects.toMatchObject({ code: 'relations_behind' });
  });

  test('a new model is the newest everywhere', async () => {
    const place = await newStore();
    const { modelId: before } = await scopeOf(place);
    const id = await writeModel(deps, { ...place, actor, model: await readDsl(MODEL) });
    const { modelId } = await scopeOf({ ...place, higherConsistency: true });
    expect(modelId).toBe(id);
    expect(modelId).not.toBe(before);
    expect((await scopeOf({ ...place, modelId: before })).modelId).toBe(before);
  });
});

describe('stores and models', () => {
  test('are listed page by page', async () => {
    const { storeId } = await newStore();
    const page = await listRelationStores(deps, { tenantId, pageSize: 1 });
    expect(page.stores).toHaveLength(1);
    expect(page.continuationToken).not.toBe('');
    const named = await listRelationStores(deps, { tenantId, name: 'no such name' });
    expect(named).toEqual({ stores: [], continuationToken: '' });
    await writeModel(deps, { tenantId, storeId, actor, model: await readDsl(MODEL) });
    const models = await listModels(deps, { tenantId, storeId, pageSize: 1 });
    const older = await listModels(deps, { tenantId, storeId, continuationToken: models.continuationToken });
    expect(older.models).toHaveLength(1);
    expect(older.continuationToken).toBe('');
    expect(await getModel(deps, { tenantId, storeId, id: models.models[0]?.id ?? '' })).toEqual(models.models[0]);
  });

  test('a deleted store is not found any more, here and elsewhere; what was in it goes in small steps', async () => {
    const place = await newStore();
    await write(place, { writes: [tuple('document:1#viewer@user:anne')] });
    expect(await check(place, 'document:1#viewer@user:anne')).toBe(true);
    const gone = { code: 'store_id_not_found' };
    await deleteRelationStore(deps, { tenantId, actor, id: place.storeId });
    await expect(scopeOf({ ...place, higherConsistency: true })).rejects.toMatchObject(gone);
    await expect(getRelationStore(deps, { tenantId, id: place.storeId })).rejects.toMatchObject(gone);
    await expect(deleteRelationStore(deps, { tenantId, actor, id: place.storeId })).rejects.toMatchObject(gone);
    await expect(writeModel(deps, { ...place, actor, model: await readDsl(MODEL) })).rejects.toMatchObject(gone);
    expect(await purgeDeletedStores(deps)).toBe(3);
    expect(await keysIn(place)).toEqual([]);
    expect(await purgeDeletedStores(deps)).toBe(0);
  });

  test('another tenant finds nothing', async () => {
    const place = await newStore();
    await write(place, { writes: [tuple('document:1#viewer@user:anne')] });
    const stranger = { ...place, tenantId: 'ten_00000000000000000000000001' };
    await expect(scopeOf(stranger)).rejects.toMatchObject({ code: 'store_id_not_found' });
    expect(await keysIn(stranger)).toEqual([]);
    await expect(
      writeTuples(deps, await scopeOf(place), {
        ...stranger,
        actor,
        writes: [tuple('document:1#viewer@user:ben')],
        deletes: [],
      }),
    ).rejects.toMatchObject({ code: 'store_id_not_found' });
  });

  test.each(['', 'x', '01ARZ3NDEKTSV4RRFFQ69G5FAV', "'; drop table relation_tuples; --"])(
    'the store id %j is not found',
    async (storeId) => {
      await expect(scopeOf({ tenantId, storeId })).rejects.toMatchObject({ code: 'store_id_not_found' });
    },
  );
});
