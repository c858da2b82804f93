import {
  ConsistencyPreference,
  CredentialsMethod,
  ErrorCode,
  FgaApiValidationError,
  OpenFgaClient,
} from '@openfga/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readDsl } from '#authz';
import { openTestControlServer, type TestControlServer } from '../control-server.fixture.ts';

/** OpenFGA's own client, unchanged, over a socket: folders, groups, exclusions and conditions. */
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
    define blocked: [user, group#member]
    define owner: [user]
    define editor: [user with office_hours, group#member] or owner
    define viewer: (editor or viewer from parent) but not blocked
condition office_hours(hour: int) {
  hour >= 9 && hour < 17
}`;

let here: TestControlServer;
let apiUrl: string;

beforeAll(async () => {
  here = await openTestControlServer();
  apiUrl = await here.server.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => here?.close());

function clientAs(token: string, storeId?: string): OpenFgaClient {
  return new OpenFgaClient({
    apiUrl,
    ...(storeId === undefined ? {} : { storeId }),
    credentials: { method: CredentialsMethod.ApiToken, config: { token } },
    retryParams: { maxRetry: 0 },
  });
}

async function newStore(): Promise<OpenFgaClient> {
  const { id } = await clientAs('administrator').createStore({ name: 'documents' });
  const client = clientAs('administrator', id);
  await client.writeAuthorizationModel((await readDsl(MODEL)) as never);
  return client;
}

const key = (object: string, relation: string, user: string) => ({ user, relation, object });
const TUPLES = [
  key('group:staff', 'member', 'group:eng#member'),
  key('group:eng', 'member', 'user:anne'),
  key('folder:root', 'viewer', 'group:staff#member'),
  key('folder:plans', 'parent', 'folder:root'),
  key('document:plan', 'parent', 'folder:plans'),
  key('document:plan', 'blocked', 'user:mallory'),
  key('group:eng', 'member', 'user:mallory'),
  key('document:plan', 'owner', 'user:olga'),
  key('folder:public', 'viewer', 'user:*'),
  key('document:news', 'parent', 'folder:public'),
];

async function storeWithTuples(): Promise<OpenFgaClient> {
  const client = await newStore();
  await client.writeTuples(TUPLES);
  return client;
}

async function refused(
  work: Promise<unknown>,
): Promise<{ status: number | undefined; code: unknown; message: unknown }> {
  try {
    await work;
  } catch (error) {
    const { statusCode, responseData } = error as { statusCode?: number; responseData?: Record<string, unknown> };
    return { status: statusCode, code: responseData?.code, message: responseData?.message };
  }
  throw new TypeError('was not refused');
}

describe('stores', () => {
  test('are created, listed, read and deleted', async () => {
    const client = clientAs('administrator');
    const made = await client.createStore({ name: 'first store' });
    expect(made).toMatchObject({ name: 'first store', created_at: expect.stringMatching(/^\d{4}-.*Z$/) });
    const storeId = made.id;
    expect(await client.getStore({ storeId })).toMatchObject({ id: storeId, name: 'first store' });
    const { stores } = await client.listStores({ pageSize: 100 });
    expect(stores.map(({ id }) => id)).toContain(storeId);
    await client.createStore({ name: 'second store' });
    const first = await client.listStores({ pageSize: 1 });
    const rest = await client.listStores({ pageSize: 100, continuationToken: first.continuation_token });
    expect(rest.stores.map(({ id }) => id)).not.toContain(first.stores[0]?.id);
    expect((await client.listStores({ name: 'second store' })).stores).toHaveLength(1);
    await client.deleteStore({ storeId });
    expect(await refused(client.getStore({ storeId }))).toMatchObject({ status: 404, code: 'store_id_not_found' });
    expect(await refused(client.check(key('document:1', 'viewer', 'user:anne'), { storeId } as never))).toMatchObject({
      status: 404,
      code: 'store_id_not_found',
    });
  });
});

describe('authorization models', () => {
  test('are written, listed and read as they were written', async () => {
    const client = await newStore();
    const { authorization_model_id } = await client.writeAuthorizationModel((await readDsl(MODEL)) as never);
    const { authorization_models } = await client.readAuthorizationModels();
    expect(authorization_models.map(({ id }) => id)[0]).toBe(authorization_model_id);
    expect(authorization_models).toHaveLength(2);
    const { authorization_model } = await client.readLatestAuthorizationModel();
    expect(authorization_model?.id).toBe(authorization_model_id);
    const read = await client.readAuthorizationModel({ authorizationModelId: authorization_model_id });
    expect(read.authorization_model?.type_definitions.map(({ type }) => type)).toEqual([
      'user',
      'group',
      'folder',
      'document',
    ]);
    expect(Object.keys(read.authorization_model?.type_definitions[3]?.relations ?? {})).toEqual([
      'parent',
      'blocked',
      'owner',
      'editor',
      'viewer',
    ]);
    const authorizationModelId = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
    expect(await refused(client.readAuthorizationModel({ authorizationModelId }))).toMatchObject({
      status: 400,
      code: ErrorCode.AuthorizationModelNotFound,
    });
  });

  test('are taken in the OpenFGA language as well', async () => {
    const { id } = await clientAs('administrator').createStore({ name: 'by language' });
    const response = await here.server.inject({
      method: 'POST',
      url: `/stores/${id}/authorization-models`,
      headers: { authorization: 'Bearer administrator', 'content-type': 'text/plain' },
      payload: MODEL,
    });
    expect(response.statusCode).toBe(201);
    const client = clientAs('administrator', id);
    expect((await client.readLatestAuthorizationModel()).authorization_model?.id).toBe(
      response.json().authorization_model_id,
    );
  });

  test('that make no sense are refused', async () => {
    const client = await newStore();
    const model = {
      schema_version: '1.1',
      type_definitions: [{ type: 'a', relations: { x: { computedUserset: { relation: 'y' } } } }],
    };
    expect(await refused(client.writeAuthorizationModel(model))).toMatchObject({
      status: 400,
      code: 'invalid_authorization_model',
    });
  });
});

describe('tuples', () => {
  test('are written, read page by page, deleted, and the changes are told', async () => {
    const client = await storeWithTuples();
    const all = await client.read();
    expect(all.tuples).toHaveLength(TUPLES.length);
    expect((await client.read({ object: 'document:plan' })).tuples.map((each) => each.key.relation).sort()).toEqual([
      'blocked',
      'owner',
      'parent',
    ]);
    expect((await client.read({ user: 'user:anne', object: 'group:' })).tuples).toHaveLength(1);
    const first = await client.read({}, { pageSize: 7 });
    const second = await client.read({}, { pageSize: 7, continuationToken: first.continuation_token });
    expect([first.tuples.length, second.tuples.length, second.continuation_token]).toEqual([7, 3, '']);
    await client.deleteTuples([key('group:eng', 'member', 'user:anne')]);
    const changes = await client.readChanges({ type: 'group' });
    expect(changes.changes.map(({ operation, tuple_key }) => `${operation} ${tuple_key.user}`)).toEqual([
      'TUPLE_OPERATION_WRITE group:eng#member',
      'TUPLE_OPERATION_WRITE user:anne',
      'TUPLE_OPERATION_WRITE user:mallory',
      'TUPLE_OPERATION_DELETE user:anne',
    ]);
    const later = await client.readChanges({ type: 'group' }, { continuationToken: changes.continuation_token ?? '' });
    expect(later.changes).toEqual([]);
    expect((await client.readChanges({ type: 'group', startTime: '2999-01-01T00:00:00Z' })).changes).toEqual([]);
  });

  test('that are there already are an error, unless they are to be ignored', async () => {
    const client = await storeWithTuples();
    const [one = key('', '', '')] = TUPLES;
    expect(await refused(client.writeTuples([one]))).toMatchObject({
      status: 400,
      code: 'write_failed_due_to_invalid_input',
      message: expect.stringContaining('cannot write a tuple which already exists'),
    });
    await client.write({ writes: [one] }, { conflict: { onDuplicateWrites: 'ignore' as never } });
    await client.deleteTuples([one]);
    expect(await refused(client.deleteTuples([one]))).toMatchObject({ code: 'write_failed_due_to_invalid_input' });
    await client.write({ deletes: [one] }, { conflict: { onMissingDeletes: 'ignore' as never } });
  });

  test('are written one by one when asked to', async () => {
    const client = await newStore();
    const bad = key('document:1', 'viewer', 'user:anne');
    const { writes } = await client.write({ writes: [...TUPLES, bad] }, { transaction: { disable: true } });
    expect(writes.filter(({ status }) => status === 'success')).toHaveLength(TUPLES.length);
    expect(writes.find(({ status }) => status === 'failure')?.tuple_key).toEqual(bad);
  });

  test('that do not fit the model are refused with OpenFGA’s error', async () => {
    const client = await newStore();
    const error = await client
      .writeTuples([key('document:1', 'owner', 'group:staff')])
      .catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(FgaApiValidationError);
    expect(error).toMatchObject({
      statusCode: 400,
      apiErrorCode: 'validation_error',
      requestId: expect.stringMatching(/^acc_/),
      message: expect.stringContaining("type 'group' is not an allowed type restriction for 'document#owner'"),
    });
  });
});

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

describe('who may not', () => {
  test.each([
    ['', 401, 'bearer_token_missing'],
    ['stranger', 401, 'auth_failed_invalid_bearer_token'],
    ['none', 403, 'forbidden'],
    ['viewer', 403, 'forbidden'],
    ['administrator~acme', 403, 'forbidden'],
  ])('%j is told so in OpenFGA’s form', async (role, status, code) => {
    const { storeId = '' } = await newStore();
    const response = await here.server.inject({
      method: 'POST',
      url: `/stores/${storeId}/check`,
      headers: role === '' ? {} : { authorization: `Bearer ${role}` },
      payload: { tuple_key: key('document:1', 'viewer', 'user:anne') },
    });
    expect([response.statusCode, response.json().code]).toEqual([status, code]);
    expect(Object.keys(response.json())).toEqual(['code', 'message']);
  });

  test('a viewer reads, and changes nothing', async () => {
    const { storeId = '' } = await storeWithTuples();
    const viewer = clientAs('viewer', storeId);
    expect((await viewer.read({ object: 'document:plan' })).tuples).toHaveLength(3);
    expect(await refused(viewer.writeTuples([key('document:1', 'owner', 'user:eve')]))).toMatchObject({ status: 403 });
    expect(await refused(viewer.deleteStore())).toMatchObject({ status: 403 });
  });
});

describe('bad input', () => {
  const post = async (path: string, payload: object | string, type = 'application/json') => {
    const { storeId = '' } = await newStore();
    const response = await here.server.inject({
      method: 'POST',
      url: `/stores/${storeId}/${path}`,
      headers: { authorization: 'Bearer administrator', 'content-type': type },
      payload,
    });
    return [response.statusCode, response.json().code];
  };
  const tuple_key = key('document:1', 'viewer', 'user:anne');
  const deep = `{"tuple_key":${JSON.stringify(tuple_key)},"context":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`;

  test.each<[string, object | string, string]>([
    ['check', {}, 'validation_error'],
    ['check', '{', 'validation_error'],
    ['check', { tuple_key: { ...tuple_key, user: 'anne' } }, 'validation_error'],
    ['check', { tuple_key: { ...tuple_key, object: 'x'.repeat(1000) } }, 'validation_error'],
    ['check', { tuple_key, authorization_model_id: 'nonsense' }, 'authorization_model_not_found'],
    ['check', { tuple_key, consistency: 'EVENTUAL' }, 'validation_error'],
    ['check', { tuple_key, contextual_tuples: { tuple_keys: Array(1_000).fill(tuple_key) } }, 'validation_error'],
    ['check', { tuple_key, contextual_tuples: { tuple_keys: [tuple_key] } }, 'invalid_tuple'],
    ['check', deep, 'validation_error'],
    ['batch-check', { checks: [] }, 'validation_error'],
    ['batch-check', { checks: Array(2).fill({ tuple_key, correlation_id: 'a' }) }, 'validation_error'],
    [
      'batch-check',
      { checks: Array.from({ length: 51 }, (_, n) => ({ tuple_key, correlation_id: `${n}` })) },
      'validation_error',
    ],
    ['write', {}, 'invalid_write_input'],
    ['write', { writes: { tuple_keys: [tuple_key], on_duplicate: 'maybe' } }, 'validation_error'],
    ['write', { writes: { tuple_keys: [{ ...tuple_key, object: 'document:\u0000' }] } }, 'validation_error'],
    ['read', { page_size: 0 }, 'validation_error'],
    ['read', { page_size: 101 }, 'validation_error'],
    ['read', { tuple_key: { user: 'user:anne' } }, 'validation_error'],
    ['read', { continuation_token: 'nonsense' }, 'invalid_continuation_token'],
    ['expand', { tuple_key: { object: 'document:1', relation: 'nothing' } }, 'validation_error'],
    ['list-objects', { user: 'user:anne', relation: 'viewer', type: 'nothing' }, 'type_not_found'],
    ['list-objects', { user: 'user:anne', relation: 'nothing', type: 'document' }, 'relation_not_found'],
    ['list-objects', { user: 'nobody:anne', relation: 'viewer', type: 'document' }, 'validation_error'],
    ['list-users', { object: { type: 'document', id: '1' }, relation: 'viewer', user_filters: [] }, 'validation_error'],
    [
      'list-users',
      { object: { type: 'document', id: '1' }, relation: 'viewer', user_filters: [{ type: 'no' }] },
      'type_not_found',
    ],
    [
      'authorization-models',
      { schema_version: '1.0', type_definitions: [{ type: 'a' }] },
      'unsupported_schema_version',
    ],
  ])('%s %.80j', async (path, payload, code) => {
    expect(await post(path, payload)).toEqual([400, code]);
  });

  test('a store without a model has nothing to be asked', async () => {
    const { id } = await clientAs('administrator').createStore({ name: 'empty' });
    const client = clientAs('administrator', id);
    expect(await refused(client.check(tuple_key))).toMatchObject({
      status: 400,
      code: 'latest_authorization_model_not_found',
    });
  });
});
