import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  actor,
  CHALLENGE,
  openWorld,
  SPA_REQUEST,
  TENANT,
  VERIFIER,
  WEATHER,
  type World,
} from '../oauth-world.fixture.ts';
import { issueInitialAccessToken } from './initial-access-tokens.ts';
import { isDocumentAddress } from './metadata-documents.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
  await world.apply([OPEN, PARTNERS]);
  await world.store.changes.caughtUp();
});
afterAll(() => world.close());
beforeEach(() => {
  world.clock.advance(60_000);
  world.signIn();
});

const OPEN = {
  kind: 'client_registration_policy',
  name: 'agents',
  spec: {
    open: true,
    metadataDocuments: true,
    documentHosts: ['*.example.com'],
    scopes: ['openid', 'weather:read', 'weather:write'],
    apis: ['weather'],
    redirectHosts: ['localhost', 'agent.example.com'],
  },
};
const PARTNERS = {
  kind: 'client_registration_policy',
  name: 'partners',
  spec: {
    grants: ['authorization_code'],
    confidential: true,
    scopes: ['weather:read', 'weather:write'],
    scopeCeiling: 'metadata',
    apis: ['weather'],
  },
};
/** Each round, fifty at once. */
const RACE_ROUNDS = Number(process.env.GATEHOUSE_RACE_ROUNDS ?? 2);
const CALLBACK = 'https://agent.example.com/callback';
const METADATA = {
  client_name: 'An agent',
  redirect_uris: [CALLBACK],
  grant_types: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_method: 'none',
};

let callers = 0;
const facts = (token?: string) => {
  callers += 1;
  return {
    tenantId: TENANT,
    authorization: token === undefined ? undefined : `Bearer ${token}`,
    ip: `10.9.${callers >> 8}.${callers & 255}`,
  };
};
type Body = Record<string, unknown>;
const register = async (body: unknown, token?: string) => {
  const { status, body: answer } = await world.oauth.register({ ...facts(token), body });
  return { status, body: (answer ?? {}) as Body };
};
const manage = async (
  how: 'readRegistration' | 'updateRegistration' | 'deleteRegistration',
  of: Body,
  body: unknown = {},
) => {
  const request = { ...facts(String(of.registration_access_token)), clientId: String(of.client_id), body };
  const { status, body: answer } = await world.oauth[how](request);
  return { status, body: (answer ?? {}) as Body };
};
const authorize = (changes: Record<string, string>) =>
  world.authorize({ ...SPA_REQUEST, redirect_uri: CALLBACK, scope: 'weather:read', ...changes });

describe('whoever comes', () => {
  test('gets a public client, cut down to the policy', async () => {
    const { status, body } = await register({ ...METADATA, scope: 'weather:read admin', logo_uri: 'x' });
    expect({ status, body }).toEqual({
      status: 201,
      body: {
        client_id: expect.stringMatching(/^dyn-[0-9a-f]{20}$/),
        client_id_issued_at: Math.floor(world.clock.now() / 1000),
        client_name: 'An agent',
        redirect_uris: [CALLBACK],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
        scope: 'openid weather:read weather:write',
        registration_access_token: expect.stringMatching(/^gh_ra_/),
        registration_client_uri: `https://id.example.com/oauth/register/${body.client_id}`,
      },
    });
    // People are always asked: nobody vouches for it.
    const outcome = await authorize({ client_id: String(body.client_id) });
    expect(outcome).toMatchObject({ prompt: { client: { displayName: 'An agent', isSelfRegistered: true } } });
  });

  test.each<[string, string | undefined, string | undefined, string[]]>([
    ['what it named, when it asks for nothing', 'weather:read', undefined, ['weather:read']],
    ['more later, because the policy is what bounds it', 'weather:read', 'weather:write', ['weather:write']],
    ['all of it, when it named none', undefined, undefined, ['openid', 'weather:read', 'weather:write']],
    ['all of it, when it named none that there is', 'admin', undefined, ['openid', 'weather:read', 'weather:write']],
  ])('is asked about for %s', async (_, named, asked, scopes) => {
    const { body } = await register({ ...METADATA, ...(named === undefined ? {} : { scope: named }) });
    const outcome = await authorize({ client_id: String(body.client_id), scope: asked ?? '' });
    const prompt = outcome.kind === 'consent' ? outcome.prompt.scopes.map(({ scope }) => scope) : outcome;
    expect(prompt).toEqual(scopes);
  });

  test('gets nothing beyond the policy, whatever it named', async () => {
    const { body } = await register({ ...METADATA, scope: 'weather:read admin' });
    const outcome = await authorize({ client_id: String(body.client_id), scope: 'admin' });
    expect(outcome).toMatchObject({ kind: 'problem', problem: { error: 'invalid_scope' } });
  });

  test('gets no secret where none are given out', async () => {
    const { body } = await register({ ...METADATA, token_endpoint_auth_method: 'client_secret_basic' });
    expect(body.token_endpoint_auth_method).toBe('none');
    expect(body.client_secret).toBeUndefined();
  });

  test.each<[string, unknown, string]>([
    ['no object', 'text', 'invalid_client_metadata'],
    ['null', null, 'invalid_client_metadata'],
    ['no redirect URI', { ...METADATA, redirect_uris: [] }, 'invalid_client_metadata'],
    [
      'a redirect URI with http',
      { ...METADATA, redirect_uris: ['http://agent.example.com/x'] },
      'invalid_redirect_uri',
    ],
    ['a redirect URI elsewhere', { ...METADATA, redirect_uris: ['https://evil.example/x'] }, 'invalid_redirect_uri'],
    ['a redirect URI with a fragment', { ...METADATA, redirect_uris: [`${CALLBACK}#x`] }, 'invalid_redirect_uri'],
    ['script', { ...METADATA, redirect_uris: ['javascript:alert(1)'] }, 'invalid_redirect_uri'],
    ['a grant for machines', { ...METADATA, grant_types: ['client_credentials'] }, 'invalid_client_metadata'],
    [
      'token exchange',
      { ...METADATA, grant_types: ['urn:ietf:params:oauth:grant-type:token-exchange'] },
      'invalid_client_metadata',
    ],
    ['refresh alone', { ...METADATA, grant_types: ['refresh_token'] }, 'invalid_client_metadata'],
    ['an unknown method', { ...METADATA, token_endpoint_auth_method: 'magic' }, 'invalid_client_metadata'],
    [
      'a key that is private',
      { ...METADATA, token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [{ kty: 'oct', k: 'x' }] } },
      'invalid_client_metadata',
    ],
    [
      'a hundred URIs',
      { ...METADATA, redirect_uris: Array.from({ length: 100 }, () => CALLBACK) },
      'invalid_client_metadata',
    ],
  ])('400: %s', async (_, body, error) => {
    expect(await register(body)).toMatchObject({ status: 400, body: { error } });
  });

  test('is held back when it comes too often', async () => {
    const answers: number[] = [];
    for (let index = 0; index < 305; index += 1) {
      const request = { tenantId: TENANT, authorization: undefined, ip: '10.8.8.8', body: {} };
      answers.push((await world.oauth.register(request)).status);
    }
    expect(answers.at(-1)).toBe(429);
  });
});

describe('an initial access token', () => {
  const issue = async (uses = 1) =>
    (
      await issueInitialAccessToken(world.secrets, {
        tenantId: TENANT,
        policy: 'partners',
        uses,
        expiresInSeconds: 600,
        actor,
      })
    ).token;

  test('leads to its policy, and to a secret', async () => {
    const { body } = await register(
      { ...METADATA, scope: 'weather:write', token_endpoint_auth_method: undefined },
      await issue(),
    );
    expect(body).toMatchObject({
      token_endpoint_auth_method: 'client_secret_basic',
      client_secret: expect.stringMatching(/^gh_cs_/),
      client_secret_expires_at: 0,
      grant_types: ['authorization_code'],
      // What it named is the most it will have: so says this policy.
      scope: 'weather:write',
    });
    const wider = await authorize({ client_id: String(body.client_id), scope: 'weather:read' });
    expect(wider).toMatchObject({ kind: 'problem', problem: { error: 'invalid_scope' } });
    const form = {
      grant_type: 'authorization_code',
      code: 'x',
      code_verifier: VERIFIER,
      client_id: String(body.client_id),
    };
    expect((await world.token({ ...form, client_secret: String(body.client_secret) })).body.error).toBe(
      'invalid_grant',
    );
  });

  test('is used as often as it says, whoever comes first', async () => {
    for (let round = 0; round < RACE_ROUNDS; round += 1) {
      const token = await issue(3);
      const answers = await Promise.all(Array.from({ length: 50 }, () => register(METADATA, token)));
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
      expect(answers.filter(({ status }) => status === 401)).toHaveLength(47);
    }
  }, 600_000);

  test('ends', async () => {
    const token = await issue();
    world.clock.advance(600_000);
    expect(await register(METADATA, token)).toMatchObject({ status: 401, body: { error: 'invalid_token' } });
  });

  test.each(['', 'nonsense', 'gh_ia_nonsense'])('401: %j', async (token) => {
    expect((await register(METADATA, token)).status).toBe(401);
  });
});

describe('a registered client', () => {
  test('reads, changes and removes itself; each change takes a new token', async () => {
    const { body } = await register(METADATA);
    expect(await manage('readRegistration', body)).toMatchObject({ status: 200, body: { client_name: 'An agent' } });
    const changed = await manage('updateRegistration', body, { ...METADATA, client_name: 'Renamed' });
    expect(changed).toMatchObject({ status: 200, body: { client_name: 'Renamed' } });
    expect((await manage('readRegistration', body)).status).toBe(401);
    expect((await manage('deleteRegistration', changed.body)).status).toBe(204);
    expect((await manage('readRegistration', changed.body)).status).toBe(401);
    expect(await authorize({ client_id: String(body.client_id) })).toMatchObject({ kind: 'problem' });
  });

  test('can’t change its id', async () => {
    const { body } = await register(METADATA);
    expect(await manage('updateRegistration', body, { ...METADATA, client_id: 'spa' })).toMatchObject({ status: 400 });
    const own = { ...METADATA, client_id: body.client_id };
    expect((await manage('updateRegistration', body, own)).status).toBe(200);
  });

  test('has nothing to say about another', async () => {
    const [one, other] = [(await register(METADATA)).body, (await register(METADATA)).body];
    const mixed = { ...one, registration_access_token: other.registration_access_token };
    expect((await manage('readRegistration', mixed)).status).toBe(401);
    expect((await manage('deleteRegistration', mixed)).status).toBe(401);
    expect((await manage('updateRegistration', { ...one, client_id: 'spa' }, METADATA)).status).toBe(401);
  });

  test('of 50 changes with one token one gets through', async () => {
    for (let round = 0; round < RACE_ROUNDS; round += 1) {
      const { body } = await register(METADATA);
      const answers = await Promise.all(Array.from({ length: 50 }, () => manage('updateRegistration', body, METADATA)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 401)).toHaveLength(49);
    }
  }, 600_000);
});

describe('a client metadata document', () => {
  const address = 'https://agent.example.com/client.json';
  const publish = (at: string, changes: object = {}) =>
    world.web.pages.set(at, { ...METADATA, client_id: at, ...changes });

  test('is fetched once, and its client is asked for like any other', async () => {
    publish(address);
    const before = world.web.asked;
    const outcomes = await Promise.all([authorize({ client_id: address }), authorize({ client_id: address })]);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ kind: 'consent', prompt: { client: { id: address, displayName: 'An agent' } } });
    }
    expect(world.web.asked).toBe(before + 1);
    expect(world.web.purposes.get(address)).toBe('clients');
    const [first] = outcomes;
    if (first?.kind !== 'consent') throw new TypeError('consent expected');
    const allowed = await world.consent({ interaction: first.prompt.interaction, decision: 'allow' });
    const code = allowed.kind === 'redirect' ? new URL(allowed.location).searchParams.get('code') : null;
    const form = { grant_type: 'authorization_code', client_id: address, code: code ?? '', code_verifier: VERIFIER };
    const { body } = await world.token(form);
    const verified = world.oauth.verifier.verifyAccessToken(
      String(body.access_token),
      { audience: WEATHER },
      world.clock.now(),
    );
    expect(verified).toMatchObject({ ok: true, principal: { credential: { clientId: address } } });
  });

  test('is read again after an hour', async () => {
    const at = 'https://later.example.com/client.json';
    publish(at);
    await authorize({ client_id: at });
    publish(at, { client_name: 'Renamed' });
    world.clock.advance(3_600_000);
    world.signIn();
    expect(await authorize({ client_id: at })).toMatchObject({ prompt: { client: { displayName: 'Renamed' } } });
  });

  test.each<[string, string, object]>([
    ['of a host that is not allowed', 'https://agent.evil.test/client.json', {}],
    ['that names another address', 'https://a.example.com/client.json', { client_id: address }],
    ['that holds a secret', 'https://b.example.com/client.json', { client_secret: 'x' }],
    ['that wants a secret', 'https://c.example.com/client.json', { token_endpoint_auth_method: 'client_secret_basic' }],
    [
      'with a redirect URI elsewhere',
      'https://d.example.com/client.json',
      { redirect_uris: ['https://evil.example/x'] },
    ],
    ['that is not there', 'https://e.example.com/client.json', { missing: true }],
    ['at an address with a query', 'https://f.example.com/client.json?x=1', {}],
    ['at an address without a path', 'https://g.example.com/', {}],
    ['at an address with dots', 'https://h.example.com/a/../client.json', {}],
  ])('is refused: one %s', async (_, at, changes) => {
    if (!('missing' in changes)) publish(at, changes);
    expect(await authorize({ client_id: at })).toMatchObject({ kind: 'problem', problem: { status: 400 } });
  });

  test.each([
    ['https://a.example/x', true],
    ['http://a.example/x', false],
    ['https://a.example', false],
    ['https://u@a.example/x', false],
    ['https://a.example/x#f', false],
    ['https://A.example/x', false],
    ['https://a.example:443/x', false],
    ['https://a.example/%2e%2e/x', false],
  ])('an address? %s', (text, is) => {
    expect(isDocumentAddress(text)).toBe(is);
  });
});

test('the metadata says how clients come in', () => {
  expect(world.oauth.discovery(TENANT).body).toMatchObject({
    registration_endpoint: 'https://id.example.com/oauth/register',
    client_id_metadata_document_supported: true,
  });
  expect(CHALLENGE).toHaveLength(43);
});
