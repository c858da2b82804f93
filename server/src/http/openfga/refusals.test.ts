import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { key, openTestOpenFga, refused, type TestOpenFga } from './openfga.fixture.ts';

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
    ['list-objects', { user: 'user:anne', relation: 'viewer', type: 'document', page_size: 1001 }, 'validation_error'],
    [
      'list-objects',
      { user: 'user:anne', relation: 'viewer', type: 'document', continuation_token: 'x' },
      'invalid_continuation_token',
    ],
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
