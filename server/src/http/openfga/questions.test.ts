import { ConsistencyPreference, type OpenFgaClient } from '@openfga/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readDsl } from '#authz';
import { key, MODEL, openTestOpenFga, refused, type TestOpenFga } from './openfga.fixture.ts';

let openFga: TestOpenFga;
let here: TestOpenFga['here'];
let newStore: TestOpenFga['newStore'];
let storeWithTuples: TestOpenFga['storeWithTuples'];
beforeAll(async () => {
  openFga = await openTestOpenFga();
  ({ here, newStore, storeWithTuples } = openFga);
});
afterAll(() => here?.close());

describe('questions', () => {
  let client: OpenFgaClient;
  beforeAll(async () => {
    client = await storeWithTuples();
  });
  const check = async (object: string, relation: string, user: string, more: object = {}) =>
    (await client.check({ ...key(object, relation, user), ...more })).allowed;

  test('check', async () => {
    expect(await check('document:plan', 'viewer', 'user:anne')).toBe(true);
    expect(await check('document:plan', 'viewer', 'user:mallory')).toBe(false);
    expect(await check('document:plan', 'viewer', 'user:olga')).toBe(true);
    expect(await check('document:plan', 'viewer', 'group:eng#member')).toBe(true);
    expect(await check('document:news', 'viewer', 'user:nobody')).toBe(true);
    expect(await check('document:none', 'viewer', 'user:anne')).toBe(false);
  });

  test('check with contextual tuples and conditions', async () => {
    const contextualTuples = [
      { ...key('document:plan', 'editor', 'user:eve'), condition: { name: 'office_hours', context: {} } },
    ];
    expect(await check('document:plan', 'editor', 'user:eve', { contextualTuples, context: { hour: 10 } })).toBe(true);
    expect(await check('document:plan', 'editor', 'user:eve', { contextualTuples, context: { hour: 20 } })).toBe(false);
    expect(await refused(check('document:plan', 'editor', 'user:eve', { contextualTuples }))).toMatchObject({
      status: 400,
      code: 'validation_error',
      message: expect.stringContaining("'hour' are missing"),
    });
    expect(await check('document:plan', 'editor', 'user:eve', { context: { hour: 10 } })).toBe(false);
  });

  test('check under a named model, and with higher consistency', async () => {
    const other = await storeWithTuples();
    const before = (await other.readLatestAuthorizationModel()).authorization_model?.id ?? '';
    const open = MODEL.replace(
      'define viewer: (editor or viewer from parent) but not blocked',
      'define viewer: editor or viewer from parent',
    );
    await other.writeAuthorizationModel((await readDsl(open)) as never);
    const mallory = key('document:plan', 'viewer', 'user:mallory');
    const consistency = ConsistencyPreference.HigherConsistency;
    expect((await other.check(mallory, { consistency })).allowed).toBe(true);
    expect((await other.check(mallory, { authorizationModelId: before, consistency })).allowed).toBe(false);
  });

  test('a write is visible to the next check, with and without its token', async () => {
    const other = await newStore();
    for (let round = 0; round < 10; round += 1) {
      const tuple = key(`document:${round}`, 'owner', 'user:anne');
      const { $response } = (await other.writeTuples([tuple])) as { $response?: { headers: Record<string, string> } };
      expect((await other.check(tuple)).allowed).toBe(true);
      expect($response).toBeUndefined();
    }
    const write = (payload: object) =>
      here.server.inject({
        method: 'POST',
        url: `/stores/${other.storeId}/write`,
        headers: { authorization: 'Bearer administrator' },
        payload,
      });
    const written = await write({ writes: { tuple_keys: [key('document:x', 'owner', 'user:anne')] } });
    const token = String(written.headers['gatehouse-consistency-token']);
    expect(written.json()).toEqual({ consistency_token: token });
    const headers = (value: string) => ({ headers: { 'gatehouse-consistency-token': value } });
    expect((await other.check(key('document:x', 'owner', 'user:anne'), headers(token))).allowed).toBe(true);
    expect(await refused(other.check(key('document:x', 'owner', 'user:anne'), headers('nonsense')))).toMatchObject({
      status: 400,
      code: 'validation_error',
    });
  });

  test('batch check', async () => {
    const checks = [
      { ...key('document:plan', 'viewer', 'user:anne'), correlationId: 'a' },
      { ...key('document:plan', 'viewer', 'user:mallory'), correlationId: 'b' },
      { ...key('document:plan', 'nothing', 'user:anne'), correlationId: 'c' },
    ];
    const { result } = await client.batchCheck({ checks });
    expect(
      Object.fromEntries(
        result.map(({ correlationId, allowed, error }) => [correlationId, error?.input_error ?? allowed]),
      ),
    ).toEqual({
      a: true,
      b: false,
      c: 'validation_error',
    });
    const bySingle = await client.clientBatchCheck([key('document:plan', 'viewer', 'user:anne')]);
    expect(bySingle.result[0]?.allowed).toBe(true);
    const { relations } = await client.listRelations({
      user: 'user:olga',
      object: 'document:plan',
      relations: ['owner', 'editor', 'viewer', 'blocked'],
    });
    expect(relations).toEqual(['owner', 'editor', 'viewer']);
  });

  test('expand', async () => {
    const { tree } = await client.expand({ object: 'document:plan', relation: 'viewer' });
    expect(tree).toEqual({
      root: {
        name: 'document:plan#viewer',
        difference: {
          base: {
            name: 'document:plan#viewer',
            union: {
              nodes: [
                { name: 'document:plan#viewer', leaf: { computed: { userset: 'document:plan#editor' } } },
                {
                  name: 'document:plan#viewer',
                  leaf: {
                    tupleToUserset: {
                      tupleset: 'document:plan#parent',
                      computed: [{ userset: 'folder:plans#viewer' }],
                    },
                  },
                },
              ],
            },
          },
          subtract: { name: 'document:plan#viewer', leaf: { computed: { userset: 'document:plan#blocked' } } },
        },
      },
    });
    const group = await client.expand({ object: 'group:eng', relation: 'member' });
    expect(group.tree?.root?.leaf?.users?.users).toEqual(['user:anne', 'user:mallory']);
  });

  test('list objects, at once and streamed', async () => {
    const list = async (user: string, type = 'document') =>
      (await client.listObjects({ user, relation: 'viewer', type })).objects.sort();
    expect(await list('user:anne')).toEqual(['document:news', 'document:plan']);
    expect(await list('user:mallory')).toEqual(['document:news']);
    expect(await list('user:anne', 'folder')).toEqual(['folder:plans', 'folder:public', 'folder:root']);
    const streamed: string[] = [];
    for await (const { object } of client.streamedListObjects({
      user: 'user:anne',
      relation: 'viewer',
      type: 'document',
    })) {
      streamed.push(object);
    }
    expect(streamed.sort()).toEqual(['document:news', 'document:plan']);
  });

  test('list users', async () => {
    const list = async (type: string, id: string, filter: { type: string; relation?: string }) =>
      (await client.listUsers({ object: { type, id }, relation: 'viewer', user_filters: [filter] })).users;
    const users = await list('document', 'plan', { type: 'user' });
    expect(users.map(({ object }) => (object as { id: string }).id).sort()).toEqual(['anne', 'olga']);
    expect(await list('document', 'news', { type: 'user' })).toEqual([{ wildcard: { type: 'user' } }]);
    expect(await list('folder', 'root', { type: 'group', relation: 'member' })).toEqual(
      expect.arrayContaining([
        { userset: { type: 'group', id: 'staff', relation: 'member' } },
        { userset: { type: 'group', id: 'eng', relation: 'member' } },
      ]),
    );
  });

  test('lists page by page, beyond what one answer holds', async () => {
    const list = async (path: string, payload: object): Promise<Record<string, unknown>> => {
      const response = await here.server.inject({
        method: 'POST',
        url: `/stores/${client.storeId}/${path}`,
        headers: { authorization: 'Bearer administrator' },
        payload,
      });
      return response.json();
    };
    const folders = { user: 'user:anne', relation: 'viewer', type: 'folder', page_size: 2 };
    const first = await list('list-objects', folders);
    expect(first).toMatchObject({ objects: ['folder:plans', 'folder:public'], complete: false });
    const { continuation_token } = first;
    expect(await list('list-objects', { ...folders, continuation_token })).toEqual({
      objects: ['folder:root'],
      complete: true,
      continuation_token: '',
    });
    const users = { object: { type: 'document', id: 'plan' }, relation: 'viewer', user_filters: [{ type: 'user' }] };
    const one = await list('list-users', { ...users, page_size: 1 });
    const rest = await list('list-users', { ...users, continuation_token: one.continuation_token });
    const idsOf = ({ users: found }: Record<string, unknown>) => found;
    expect([idsOf(one), idsOf(rest)]).toEqual([
      [{ object: { type: 'user', id: 'anne' } }],
      [{ object: { type: 'user', id: 'olga' } }],
    ]);
  });

  test('assertions', async () => {
    const authorizationModelId = (await client.readLatestAuthorizationModel()).authorization_model?.id ?? '';
    const options = { authorizationModelId };
    expect((await client.readAssertions(options)).assertions).toEqual([]);
    await client.writeAssertions([{ ...key('document:plan', 'viewer', 'user:anne'), expectation: true }], options);
    expect(await client.readAssertions(options)).toMatchObject({
      authorization_model_id: authorizationModelId,
      assertions: [{ tuple_key: key('document:plan', 'viewer', 'user:anne'), expectation: true }],
    });
    expect(
      await refused(
        client.writeAssertions([{ ...key('document:plan', 'nothing', 'user:anne'), expectation: true }], options),
      ),
    ).toMatchObject({ status: 400, code: 'validation_error' });
  });
});
