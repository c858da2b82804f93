/** Clients that describe themselves, and come to another endpoint first than to the one for browsers. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { assertionClaims, assertionForm, makeKey, signJwt } from '../authentication/assertions.fixture.ts';
import { type Form, ISSUER, openWorld, SPA_REQUEST, type World } from '../oauth-world.fixture.ts';

const CALLBACK = 'https://agent.example.com/callback';
const key = makeKey('k1');
let world: World;
let count = 0;
beforeAll(async () => {
  world = await openWorld();
  const spec = {
    metadataDocuments: true,
    documentHosts: ['*.example.com'],
    grants: ['authorization_code', 'device_code'],
    scopes: ['openid'],
  };
  await world.apply([{ kind: 'client_registration_policy', name: 'agents', spec }]);
  await world.store.changes.caughtUp();
});
afterAll(() => world?.close());
beforeEach(() => world.clock.advance(60_000));

function publish(changes: object = {}): string {
  count += 1;
  const client_id = `https://agent-${count}.example.com/client.json`;
  const grant_types = ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code'];
  world.web.pages.set(client_id, { client_id, redirect_uris: [CALLBACK], grant_types, ...changes });
  return client_id;
}
const push = (client_id: string, more: Form = {}) =>
  world.par({ ...SPA_REQUEST, client_id, redirect_uri: CALLBACK, scope: 'openid', ...more });

describe('a client with a metadata document', () => {
  test('pushes its request before anybody heard of it', async () => {
    const client_id = publish();
    expect(await push(client_id)).toMatchObject({ status: 201, body: { request_uri: expect.any(String) } });
    const asked = world.web.asked;
    expect((await push(client_id)).status).toBe(201);
    expect(world.web.asked).toBe(asked);
  });

  test('connects a device before anybody heard of it', async () => {
    const { status, body } = await world.device({ client_id: publish(), scope: 'openid' });
    expect({ status, body }).toMatchObject({ status: 200, body: { user_code: expect.any(String) } });
  });

  test('proves itself by its key, named by the assertion alone', async () => {
    const client_id = publish({ token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [key.jwk] } });
    const assertion = assertionForm(signJwt(key, assertionClaims(client_id, ISSUER, world.clock.now())));
    expect((await push(client_id, { ...assertion, client_id: undefined })).status).toBe(201);
    expect((await push(client_id)).status).toBe(401);
  });
});

test.each<[string, () => string, number]>([
  ['of a host that is not allowed', () => 'https://agent.evil.test/client.json', 401],
  ['that is not there', () => 'https://nobody.example.com/client.json', 400],
  ['that names another', () => publish({ client_id: 'https://other.example.com/client.json' }), 400],
  ['at an address that is none', () => 'https://agent.example.com:99999/client.json', 401],
])('refused: a document %s', async (_, client, status) => {
  expect((await push(client())).status).toBe(status);
});
