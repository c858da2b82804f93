import { ErrorCode, FgaApiValidationError } from '@openfga/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readDsl } from '#authz';
import { key, MODEL, openTestOpenFga, refused, type TestOpenFga, TUPLES } from './openfga.fixture.ts';

let openFga: TestOpenFga;
let here: TestOpenFga['here'];
let clientAs: TestOpenFga['clientAs'];
let newStore: TestOpenFga['newStore'];
let storeWithTuples: TestOpenFga['storeWithTuples'];
beforeAll(async () => {
  openFga = await openTestOpenFga();
  ({ here, clientAs, newStore, storeWithTuples } = openFga);
});
afterAll(() => here?.close());

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
