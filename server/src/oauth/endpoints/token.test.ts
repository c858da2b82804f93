import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issueClientSecret, listClientSecrets, revokeClientSecret } from '../clients/client-secrets.ts';
import {
  actor,
  BILLING,
  basic,
  claimsOf,
  headerOf,
  ISSUER,
  openWorld,
  TENANT,
  VERIFIER,
  WEATHER,
  type World,
} from '../oauth-world.fixture.ts';

let world: World;
let machine: string;
let broad: string;
let idle: string;
let web: string;
beforeAll(async () => {
  world = await openWorld();
  machine = await world.secretOf('machine');
  broad = await world.secretOf('broad-machine');
  idle = await world.secretOf('idle-machine');
  web = await world.secretOf('web');
});
afterAll(() => world.close());

const grant_type = 'client_credentials';

describe('client credentials: 200', () => {
  test('a JWT access token as RFC 9068 has it, and no refresh token', async () => {
    const { status, headers, body } = await world.token({ grant_type }, basic('machine', machine));
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 900,
      scope: 'weather:read',
    });
    expect(headerOf(body.access_token)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) });
    const iat = Math.floor(world.clock.now() / 1000);
    expect(claimsOf(body.access_token)).toEqual({
      iss: ISSUER,
      sub: 'machine',
      client_secret_id: expect.stringMatching(/^csc_/),
      client_id: 'machine',
      aud: WEATHER,
      iat,
      exp: iat + 900,
      jti: expect.stringMatching(/^tok_/),
      scope: 'weather:read',
    });
  });

  test('client_secret_post', async () => {
    const { status } = await world.token({ grant_type, client_id: 'machine', client_secret: machine });
    expect(status).toBe(200);
  });

  test.each([
    [{ resource: BILLING }, BILLING, 'bills:read', 60],
    [{ resource: WEATHER }, WEATHER, 'weather:read', 900],
    [{ scope: 'bills:read' }, BILLING, 'bills:read', 60],
    [{ scope: 'bills:read weather:read', resource: WEATHER }, WEATHER, 'weather:read', 900],
  ])('of several APIs the one that is meant: %o', async (form, aud, scope, expires_in) => {
    const { status, body } = await world.token({ grant_type, ...form }, basic('broad-machine', broad));
    expect({ status, aud: claimsOf(body.access_token).aud, scope: body.scope, expires_in: body.expires_in }).toEqual({
      status: 200,
      aud,
      scope,
      expires_in,
    });
  });
});

describe('client authentication', () => {
  const bad: [string, Record<string, string>, (() => string) | undefined, number, string][] = [
    ['no client at all', {}, undefined, 401, 'invalid_client'],
    ['wrong secret', {}, () => basic('machine', 'gh_cs_wrong'), 401, 'invalid_client'],
    ['secret of another client', {}, () => basic('machine', broad), 401, 'invalid_client'],
    ['empty secret', {}, () => basic('machine', ''), 401, 'invalid_client'],
    ['unknown client', {}, () => basic('nobody', machine), 401, 'invalid_client'],
    ['client of Object.prototype', {}, () => basic('constructor', machine), 401, 'invalid_client'],
    ['secret with a space', {}, () => basic('machine', `${machine} `), 401, 'invalid_client'],
    ['confidential client without its secret', { client_id: 'machine' }, undefined, 401, 'invalid_client'],
    ['public client with a secret', { client_id: 'spa', client_secret: 'x' }, undefined, 401, 'invalid_client'],
    ['Bearer instead of Basic', {}, () => 'Bearer abc', 401, 'invalid_client'],
    ['Basic without a colon', {}, () => `Basic ${btoa('machine')}`, 401, 'invalid_client'],
    ['Basic with bad base64', {}, () => 'Basic ~~~', 401, 'invalid_client'],
    ['Basic with bad escapes', {}, () => `Basic ${btoa('machine:%zz')}`, 401, 'invalid_client'],
    ['Basic and post', { client_secret: 'x' }, () => basic('machine', machine), 400, 'invalid_request'],
    ['two clients', { client_id: 'web' }, () => basic('machine', machine), 400, 'invalid_request'],
    ['an endless secret', { client_id: 'machine', client_secret: 'x'.repeat(600) }, undefined, 401, 'invalid_client'],
  ];
  test.each(bad)('%s', async (_, form, authorization, status, error) => {
    const result = await world.token({ grant_type, ...form }, authorization?.());
    expect({ status: result.status, error: result.body.error }).toEqual({ status, error });
    expect(result.body.error_id).toMatch(/^err_/);
    expect(result.body.error_description).toEqual(expect.any(String));
    if (status === 401) expect(result.headers['www-authenticate']).toMatch(/^Basic realm="https:\/\/id.example.com"/);
  });

  test('unknown client and wrong secret read alike', async () => {
    const [unknown, wrong] = await Promise.all([
      world.token({ grant_type }, basic('nobody', machine)),
      world.token({ grant_type }, basic('machine', 'nothing')),
    ]);
    expect(unknown.body.error_description).toBe(wrong.body.error_description);
  });
});

describe('requests: 400', () => {
  test.each([
    ['no grant_type', {}, 'invalid_request'],
    ['an empty grant_type', { grant_type: '' }, 'invalid_request'],
    ['password', { grant_type: 'password', username: 'a', password: 'b' }, 'unsupported_grant_type'],
    ['implicit', { grant_type: 'implicit' }, 'unsupported_grant_type'],
    ['__proto__', { grant_type: '__proto__' }, 'unsupported_grant_type'],
    ['a grant the client may not use', { grant_type: 'authorization_code', code: 'x' }, 'unauthorized_client'],
    ['a scope it may not have', { grant_type, scope: 'weather:write' }, 'invalid_scope'],
    ['a scope nobody knows', { grant_type, scope: 'wether:read' }, 'invalid_scope'],
    ['one good and one bad scope', { grant_type, scope: 'weather:read bills:read' }, 'invalid_scope'],
    ['openid without a person', { grant_type, scope: 'openid' }, 'invalid_scope'],
    ['an API it may not call', { grant_type, resource: BILLING }, 'invalid_target'],
    ['an API nobody knows', { grant_type, resource: 'https://else.example.com' }, 'invalid_target'],
    ['an API with a slash too much', { grant_type, resource: `${WEATHER}/` }, 'invalid_target'],
  ])('%s', async (_, form, error) => {
    const result = await world.token(form, basic('machine', machine));
    expect({ status: result.status, error: result.body.error }).toEqual({ status: 400, error });
  });

  test.each([
    ['repeated grant_type', 'grant_type=client_credentials&grant_type=client_credentials', 'invalid_request'],
    ['repeated scope', 'grant_type=client_credentials&scope=weather:read&scope=weather:write', 'invalid_request'],
    ['two resources', `grant_type=client_credentials&resource=${WEATHER}&resource=urn:x`, 'invalid_target'],
  ])('%s', async (_, text, error) => {
    const result = await world.tokenText(text, basic('machine', machine));
    expect({ status: result.status, error: result.body.error }).toEqual({ status: 400, error });
  });

  test('several APIs and nothing that says which', async () => {
    const { body } = await world.token({ grant_type }, basic('broad-machine', broad));
    expect(body.error).toBe('invalid_target');
  });

  test('scopes of two APIs at once', async () => {
    const { body } = await world.token({ grant_type, scope: 'weather:read bills:read' }, basic('broad-machine', broad));
    expect(body.error).toBe('invalid_target');
  });

  test('no API at all', async () => {
    const { body } = await world.token({ grant_type }, basic('idle-machine', idle));
    expect(body.error).toBe('invalid_target');
  });

  test('a description never carries what RFC 6749 §5.2 forbids', async () => {
    const { body } = await world.token({ grant_type: 'a"b\\c\u0001d\nü<script>' }, basic('machine', machine));
    expect(body.error_description).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
  });
});

describe('authorization_code and refresh_token: refused without a redeemable credential', () => {
  const code = `gh_ac_${'0'.repeat(33)}`;
  test.each([
    ['no code', { grant_type: 'authorization_code', code_verifier: VERIFIER }, 'invalid_request'],
    ['no verifier', { grant_type: 'authorization_code', code }, 'invalid_request'],
    ['short verifier', { grant_type: 'authorization_code', code, code_verifier: 'short' }, 'invalid_request'],
    ['foreign verifier', { grant_type: 'authorization_code', code, code_verifier: 'ü'.repeat(43) }, 'invalid_request'],
    ['a code with a typo', { grant_type: 'authorization_code', code, code_verifier: VERIFIER }, 'invalid_grant'],
    ['no refresh token', { grant_type: 'refresh_token' }, 'invalid_request'],
    ['not a refresh token', { grant_type: 'refresh_token', refresh_token: 'abc' }, 'invalid_grant'],
  ])('%s', async (_, form, error) => {
    const result = await world.token(form, basic('web', web));
    expect({ status: result.status, error: result.body.error }).toEqual({ status: 400, error });
  });
});

describe('client secrets', () => {
  const input = { tenantId: TENANT, clientId: 'machine', actor };
  const works = async (secret: string) => (await world.token({ grant_type }, basic('machine', secret))).status === 200;

  test('several live at once; a revoked one is refused at once, the others go on', async () => {
    const first = await issueClientSecret(world.secrets, input);
    const second = await issueClientSecret(world.secrets, input);
    expect([await works(machine), await works(first.secret), await works(second.secret)]).toEqual([true, true, true]);
    await revokeClientSecret(world.secrets, { ...input, secretId: first.id });
    expect([await works(machine), await works(first.secret), await works(second.secret)]).toEqual([true, false, true]);
    const listed = await listClientSecrets(world.secrets, input);
    expect(listed.map(({ id }) => id)).not.toContain(first.id);
    expect(JSON.stringify(listed)).not.toContain(second.secret);
    await revokeClientSecret(world.secrets, { ...input, secretId: second.id });
  });

  test('an expiring secret ends by itself', async () => {
    const { secret } = await issueClientSecret(world.secrets, { ...input, expiresInSeconds: 60 });
    expect(await works(secret)).toBe(true);
    world.clock.advance(60_000);
    expect(await works(secret)).toBe(false);
  });

  test('of many asked for at once only as many as are allowed', async () => {
    const clientId = 'broad-machine';
    const results = await Promise.allSettled(
      Array.from({ length: 12 }, () => issueClientSecret(world.secrets, { ...input, clientId })),
    );
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []));
    expect(refused).toEqual(Array(8).fill('client_secrets_full'));
  });

  test.each([
    ['spa', 'client_takes_no_secret'],
    ['nobody', 'client_not_found'],
  ])('%s: %s', async (clientId, code) => {
    await expect(issueClientSecret(world.secrets, { ...input, clientId })).rejects.toMatchObject({ code });
  });

  test.each([
    ['machine', 'csc_00000000000000000000000000', 'client_secret_not_found'],
    ['web', 'csc_00000000000000000000000000', 'client_secret_not_found'],
    ['nobody', 'csc_00000000000000000000000000', 'client_not_found'],
  ])('revoking of %s what it has not: %s', async (clientId, secretId, code) => {
    await expect(revokeClientSecret(world.secrets, { ...input, clientId, secretId })).rejects.toMatchObject({ code });
  });
});
