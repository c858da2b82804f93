/** A grant is as old as the consent it came from: what was changed since must not widen, move or revive it. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemRandom } from '#base';
import { deleteResource, systemCaller } from '#resources';
import { apiKind } from '../kinds.ts';
import { ALICE, CHALLENGE, claimsOf, openWorld, SPA_REDEEM, TENANT, type World } from '../oauth-world.fixture.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  world.clock.advance(1000);
  world.signIn();
  await declare({});
});

const NEWS = 'https://news.example.com';
const SCOPES = { 'news:read': 'Read news', 'news:write': 'Write news', constructor: 'Build things' };

async function declare({ scopes = SCOPES, allowed = ['openid', ...Object.keys(SCOPES)], audience = NEWS }) {
  const spec = {
    type: 'public',
    grants: ['authorization_code', 'refresh_token'],
    redirectUris: ['https://reader.example.com/callback'],
    scopes: allowed,
    apis: ['news'],
  };
  await world.apply([
    { kind: 'api', name: 'news', spec: { audience, scopes } },
    { kind: 'client', name: 'reader', spec },
  ]);
  await world.store.changes.caughtUp();
}

/** The client lets go of the API, which is deleted and made again. */
async function makeAnew(audience: string) {
  const redirectUris = ['https://reader.example.com/callback'];
  const without = { type: 'public', grants: ['authorization_code'], redirectUris };
  await world.apply([{ kind: 'client', name: 'reader', spec: without }]);
  const caller = systemCaller(TENANT, 'test');
  await deleteResource({ ...world, random: systemRandom }, { caller, kind: apiKind, name: 'news' });
  world.clock.advance(1000);
  await declare({ audience });
}

const authorization = { client_id: 'reader', redirect_uri: 'https://reader.example.com/callback' };

async function agree(scope: string) {
  const pkce = { code_challenge: CHALLENGE, code_challenge_method: 'S256' };
  const asked = { ...authorization, ...pkce, response_type: 'code', scope };
  const outcome = await world.authorize(asked);
  if (outcome.kind === 'redirect') return outcome;
  if (outcome.kind !== 'consent') throw new TypeError(JSON.stringify(outcome));
  return { ...(await world.consent({ interaction: outcome.prompt.interaction, decision: 'allow' })), asked: true };
}

async function start(scope: string) {
  const outcome = await agree(scope);
  if (outcome.kind !== 'redirect') throw new TypeError(JSON.stringify(outcome));
  const code = new URL(outcome.location).searchParams.get('code') ?? '';
  return { ...SPA_REDEEM, ...authorization, code };
}
const refresh = (refresh_token: unknown) =>
  world.token({ grant_type: 'refresh_token', client_id: 'reader', refresh_token: String(refresh_token) });

describe('scopes that were taken away since', () => {
  test.each([
    ['from the API', { scopes: { ...SCOPES, 'news:write': undefined } }],
    ['from the client', { allowed: ['openid', 'news:read'] }],
  ])('%s are in no token, neither at the code nor at a refresh', async (_, change) => {
    const code = await start('news:read news:write');
    const first = (await world.token(await start('news:read news:write'))).body;
    expect(first.scope).toBe('news:read news:write');
    await declare(JSON.parse(JSON.stringify(change)));
    expect((await world.token(code)).body.scope).toBe('news:read');
    const { body } = await refresh(first.refresh_token);
    expect([body.scope, claimsOf(body.access_token).scope]).toEqual(['news:read', 'news:read']);
  });
});

test('an API made anew under the same name is not what was agreed to: no token, and the person is asked', async () => {
  const first = (await world.token(await start('news:read'))).body;
  expect(await agree('news:read')).not.toHaveProperty('asked');
  await makeAnew('https://other.example.com');
  expect((await refresh(first.refresh_token)).body).toMatchObject({ error: 'invalid_target' });
  expect(await agree('news:read')).toHaveProperty('asked');
});

test('a scope named like something of the language tells userinfo nothing', async () => {
  const { access_token } = (await world.token(await start('openid constructor'))).body;
  const { status, body } = await world.userinfo(`Bearer ${access_token}`);
  expect([status, body]).toEqual([200, { sub: ALICE }]);
});

test('who is confined to an organization is so in a token too, as of its last refresh', async () => {
  const alice = world.people.get(ALICE);
  if (alice === undefined) throw new TypeError('Alice is gone');
  const principalOf = (token: unknown) => {
    const verified = world.oauth.verifier.verifyAccessToken(String(token), { audience: NEWS }, world.clock.now());
    return verified.ok ? verified.principal.organizationId : verified;
  };
  await makeAnew(NEWS);
  const first = (await world.token(await start('news:read'))).body;
  expect(principalOf(first.access_token)).toBeUndefined();
  world.people.set(ALICE, { ...alice, organizationId: 'org_acme' });
  expect(principalOf((await refresh(first.refresh_token)).body.access_token)).toBe('org_acme');
  world.people.set(ALICE, alice);
});
