/** People who act for others (RFC 8693): what was made with their token ends when they are signed out, or gone. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  ALICE,
  actor,
  basic,
  claimsOf,
  openWorld,
  SPA_REDEEM,
  TENANT,
  VERIFIER,
  WEATHER,
  type World,
} from '../oauth-world.fixture.ts';
import { TOKEN_EXCHANGE } from './exchange.fixture.ts';
import { TOKEN_TYPES } from './token-types.ts';

const BOB = 'usr_bob';
const redirect_uri = 'https://desk.example.com/callback';
const desk = (name: string, more: object) => ({
  kind: 'client',
  name,
  spec: {
    type: 'confidential',
    grants: ['authorization_code', 'refresh_token', 'token_exchange'],
    redirectUris: [redirect_uri],
    scopes: ['openid', 'weather:read'],
    apis: ['weather'],
    resourceServerFor: ['weather'],
    firstParty: true,
    ...more,
  },
});

let world: World;
const clients = new Map<string, string>();
beforeAll(async () => {
  world = await openWorld();
  await world.apply([desk('desk', {}), desk('hiding-desk', { subjectType: 'pairwise' })]);
  await world.store.changes.caughtUp();
  for (const name of ['desk', 'hiding-desk']) clients.set(name, basic(name, await world.secretOf(name)));
});
afterAll(() => world?.close());
beforeEach(() => {
  // Of the same second, a revocation before would count.
  world.clock.advance(2000);
  world.people.set(BOB, { roles: [] });
  world.policy.permits = () => true;
});

async function tokenOfBob(client: string, sessionId: string): Promise<string> {
  world.signIn({ userId: BOB, sessionId });
  const request = { client_id: client, redirect_uri, scope: 'openid weather:read', resource: WEATHER };
  const code = await world.code(request);
  const form = { grant_type: 'authorization_code', code, redirect_uri, code_verifier: VERIFIER };
  return String((await world.token(form, clients.get(client))).body.access_token);
}

async function tokenOfAlice(): Promise<string> {
  world.signIn({ userId: ALICE, sessionId: 'ses_of_alice' });
  return String((await world.token({ ...SPA_REDEEM, code: await world.code() })).body.access_token);
}

const exchange = (client: string, subject_token: string, actor_token?: string) =>
  world.token(
    {
      grant_type: TOKEN_EXCHANGE,
      subject_token,
      subject_token_type: TOKEN_TYPES.accessToken,
      resource: WEATHER,
      ...(actor_token === undefined ? {} : { actor_token, actor_token_type: TOKEN_TYPES.accessToken }),
    },
    clients.get(client),
  );

const verify = (token: unknown) => {
  const found = world.oauth.verifier.verifyAccessToken(String(token), { audience: WEATHER }, world.clock.now());
  return found.ok ? 'ok' : found.reason;
};

describe.each(['desk', 'hiding-desk'])('at %s', (client) => {
  test.each(['user', 'session', 'grant'] as const)('it ends with the %s of whoever acts', async (kind) => {
    const sessionId = `ses_${client}_${kind}`;
    const bobs = await tokenOfBob(client, sessionId);
    const alices = await tokenOfAlice();
    const acting = (await exchange(client, alices, bobs)).body.access_token;
    const further = (await exchange('desk', String(acting))).body.access_token;
    const unconcerned = (await exchange(client, alices)).body.access_token;
    expect([acting, further, unconcerned].map(verify)).toEqual(['ok', 'ok', 'ok']);
    const id = { user: BOB, session: sessionId, grant: String(claimsOf(bobs).grant_id) }[kind];
    await world.oauth.revokeTokens({ tenantId: TENANT, kind, id, actor, because: 'signed_out' });
    await world.store.changes.caughtUp();
    expect([bobs, acting, further].map(verify)).toEqual(['revoked', 'revoked', 'revoked']);
    expect([alices, unconcerned].map(verify)).toEqual(['ok', 'ok']);
  });
});

test('whoever may no longer sign in acts for nobody, though nobody heard of it yet', async () => {
  const bobs = await tokenOfBob('desk', 'ses_late');
  const alices = await tokenOfAlice();
  world.people.delete(BOB);
  expect(verify(bobs)).toBe('ok');
  expect(await exchange('desk', alices, bobs)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
});

test('a client that is told other names learns neither person nor session of who acts', async () => {
  const bobs = await tokenOfBob('hiding-desk', 'ses_hidden');
  const token = String((await exchange('hiding-desk', await tokenOfAlice(), bobs)).body.access_token);
  const asked = await world.introspect({ token }, { authorization: clients.get('hiding-desk') });
  expect(asked.body).toMatchObject({ active: true, act: { sub: expect.stringMatching(/^pw_/) } });
  for (const told of [claimsOf(token), asked.body]) {
    const text = JSON.stringify(told);
    expect([text.includes(BOB), text.includes('ses_hidden'), text.includes(ALICE)]).toEqual([false, false, false]);
  }
});
