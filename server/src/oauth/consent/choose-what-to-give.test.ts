/** A person gives less than was asked for: what the grant, the tokens and the next question then say. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { basic, claimsOf, type Form, openWorld, SPA_REDEEM, SPA_REQUEST, type World } from '../oauth-world.fixture.ts';

const CALLBACK = 'https://budget.example.com/callback';
const BANK = 'https://bank.example.com';
const schema = { type: 'object', properties: { type: {}, to: { type: 'string' } } };
const spec = {
  type: 'confidential',
  grants: ['authorization_code', 'refresh_token'],
  redirectUris: [CALLBACK],
  scopes: ['openid', 'profile', 'email', 'offline_access', 'weather:read', 'weather:write', 'accounts'],
  requiredScopes: ['profile'],
  apis: ['weather', 'bank'],
  authorizationDetailTypes: ['payment', 'account', 'identity'],
  requiredAuthorizationDetailTypes: ['identity'],
};
const PAY_BOB = { type: 'payment', to: 'Bob' };
const PAY_EVE = { type: 'payment', to: 'Eve' };
const ACCOUNT = { type: 'account', to: 'CH93' };

let world: World;
let authorization: string;
beforeAll(async () => {
  world = await openWorld();
  const type = { description: 'x', schema };
  const authorizationDetails = { payment: type, account: { ...type, remembered: true }, identity: type };
  await world.apply([
    { kind: 'api', name: 'bank', spec: { audience: BANK, scopes: { accounts: 'x' }, authorizationDetails } },
    { kind: 'client', name: 'budget', spec },
  ]);
  await world.store.changes.caughtUp();
  authorization = basic('budget', await world.secretOf('budget'));
});
afterAll(() => world?.close());
let people = 0;
beforeEach(() => {
  people += 1;
  const userId = `usr_${String(people).padStart(26, '0')}`;
  world.people.set(userId, { name: 'Ada', email: 'ada@example.com', roles: [] });
  world.signIn({ userId, sessionId: `ses_${people}` });
});

const ask = (changes: Form = {}) =>
  world.authorize({
    ...SPA_REQUEST,
    client_id: 'budget',
    redirect_uri: CALLBACK,
    scope: 'openid email weather:read',
    ...changes,
  });

async function asked(changes: Form = {}) {
  const outcome = await ask(changes);
  if (outcome.kind !== 'consent') throw new TypeError(JSON.stringify(outcome));
  return outcome.prompt;
}

async function answer(changes: Form, ticked: Form) {
  const { interaction } = await asked(changes);
  return world.consent({ interaction, decision: 'allow', ...ticked });
}

async function tokens(changes: Form, ticked: Form, redeem: Form = {}) {
  const outcome = await answer(changes, ticked);
  if (outcome.kind !== 'redirect') throw new TypeError(JSON.stringify(outcome));
  const code = new URL(outcome.location).searchParams.get('code') ?? '';
  const { client_id: _, ...form } = { ...SPA_REDEEM, redirect_uri: CALLBACK, code, ...redeem };
  const { status, body } = await world.token(form, authorization);
  if (status !== 200) throw new TypeError(JSON.stringify(body));
  return body;
}

describe('scopes', () => {
  test('what may be unticked: neither openid nor what the client requires', async () => {
    const { scopes } = await asked({ scope: 'openid profile email weather:read' });
    expect(scopes.map(({ scope, isRequired }) => [scope, isRequired])).toEqual([
      ['openid', true],
      ['profile', true],
      ['email', false],
      ['weather:read', false],
    ]);
  });

  test('the only one stays: for no there is a button', async () => {
    expect((await asked({ scope: 'weather:read' })).scopes).toMatchObject([{ isRequired: true }]);
  });

  test('the response, the token and userinfo say what was given', async () => {
    const body = await tokens({}, { choice: 'scope.1 scope.2', 'scope.2': 'yes' });
    expect(body.scope).toBe('openid weather:read');
    expect(claimsOf(body.access_token).scope).toBe('openid weather:read');
    expect(claimsOf(body.id_token)).not.toHaveProperty('email');
    expect((await world.userinfo(`Bearer ${body.access_token}`)).body).not.toHaveProperty('email');
  });

  test('claims that were asked for by name are not told either', async () => {
    const claims = JSON.stringify({ id_token: { email: { essential: true } }, userinfo: { email: null } });
    const body = await tokens(
      { claims, scope: 'openid weather:read' },
      { choice: 'scope.1 scope.2', 'scope.1': 'yes' },
    );
    expect(body.scope).toBe('openid weather:read');
    expect(claimsOf(body.id_token)).not.toHaveProperty('email');
  });

  test('an API of which nothing is left is not the audience', async () => {
    const body = await tokens({}, { choice: 'scope.1 scope.2', 'scope.1': 'yes' });
    expect(body.scope).toBe('openid email');
    expect(claimsOf(body.access_token).aud).not.toBe('https://weather.example.com');
  });

  test('without offline_access, access ends with the session', async () => {
    const scope = 'openid offline_access';
    expect((await tokens({ scope }, { choice: 'scope.1' })).scope).toBe('openid');
    const kept = claimsOf((await tokens({ scope }, { choice: 'scope.1' })).access_token);
    expect(kept.sid).toBe(`ses_${people}`);
  });

  test('a refresh gets no more than was given, whatever is asked', async () => {
    const { refresh_token } = await tokens({}, { choice: 'scope.1 scope.2', 'scope.2': 'yes' });
    const refresh = (scope?: string) =>
      world.token({ grant_type: 'refresh_token', refresh_token: String(refresh_token), scope }, authorization);
    expect(await refresh('openid email weather:read')).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
    expect((await refresh()).body.scope).toBe('openid weather:read');
  });

  test('only that is remembered', async () => {
    await answer({}, { choice: 'scope.1 scope.2', 'scope.2': 'yes' });
    expect(await ask({ scope: 'openid weather:read' })).toMatchObject({ kind: 'redirect' });
    expect(await ask()).toMatchObject({ kind: 'consent' });
    expect(await ask({ prompt: 'none' })).toMatchObject({
      kind: 'redirect',
      location: expect.stringContaining('consent_required'),
    });
  });

  test('what is unticked later on is forgotten', async () => {
    await answer({}, {});
    expect(await ask()).toMatchObject({ kind: 'redirect' });
    await answer({ prompt: 'consent' }, { choice: 'scope.1 scope.2', 'scope.2': 'yes' });
    expect(await ask()).toMatchObject({ kind: 'consent' });
  });

  test('who takes everything away has declined', async () => {
    const outcome = await answer({ scope: 'weather:read weather:write' }, { choice: 'scope.0 scope.1' });
    expect(outcome).toMatchObject({ kind: 'redirect', location: expect.stringContaining('access_denied') });
  });

  test.each<[string, Form, string]>([
    ['a scope that was not asked for', { 'scope.3': 'yes', 'scope.weather:write': 'yes' }, 'openid'],
    ['one that stands there by its name', { scope: 'openid weather:write' }, 'openid'],
    [
      'places that there are not',
      { choice: 'scope.1 scope.2 scope.99 detail.0 __proto__', 'detail.0': 'yes' },
      'openid',
    ],
    ['an empty tick', { 'scope.1': '' }, 'openid'],
  ])('ticking %s gives no more', async (_, form, scope) => {
    expect((await tokens({}, { choice: 'scope.1 scope.2', ...form })).scope).toBe(scope);
  });

  test.each(['scope.0', 'scope.0 scope.1'])('what must stay is not given up in silence: %s', async (choice) => {
    expect(await answer({}, { choice, 'scope.1': 'yes' })).toMatchObject({ kind: 'problem' });
  });
});

describe('authorization details', () => {
  const of = (...details: object[]): Form => ({
    scope: 'openid',
    resource: BANK,
    authorization_details: JSON.stringify(details),
  });

  test('what is unticked is in no answer, token or introspection', async () => {
    const body = await tokens(of(PAY_BOB, PAY_EVE), { choice: 'detail.0 detail.1', 'detail.0': 'yes' });
    expect(body.authorization_details).toEqual([PAY_BOB]);
    expect(claimsOf(body.access_token).authorization_details).toEqual([PAY_BOB]);
  });

  test('and is not had by naming it at the token endpoint', async () => {
    const named = { authorization_details: JSON.stringify([PAY_EVE]) };
    const ticked = { choice: 'detail.0 detail.1', 'detail.0': 'yes' };
    await expect(tokens(of(PAY_BOB, PAY_EVE), ticked, named)).rejects.toThrow('invalid_authorization_details');
  });

  test('what the client requires stays', async () => {
    expect((await asked(of(PAY_BOB, { type: 'identity' }))).details).toMatchObject([
      { type: 'payment', isRequired: false },
      { type: 'identity', isRequired: true },
    ]);
  });

  test('what lasts is remembered when it was given, and forgotten when it is taken away', async () => {
    await answer(of(ACCOUNT, PAY_BOB), { choice: 'detail.0 detail.1', 'detail.0': 'yes' });
    expect(await ask(of(ACCOUNT))).toMatchObject({ kind: 'redirect' });
    await answer({ ...of(ACCOUNT), prompt: 'consent' }, { choice: 'detail.0' });
    expect(await ask(of(ACCOUNT))).toMatchObject({ kind: 'consent' });
  });
});
