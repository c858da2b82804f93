import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { claimsOf, type Form, ISSUER, openWorld, SPA_REDEEM, SPA_REQUEST, type World } from '../oauth-world.fixture.ts';
import type { AuthorizationOutcome } from './context.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());
beforeEach(() => world.signIn());

const REDIRECT = SPA_REQUEST.redirect_uri;
const WEB_REQUEST = {
  ...SPA_REQUEST,
  client_id: 'web',
  redirect_uri: 'https://web.example.com/callback',
  scope: 'openid weather:read',
};

/** The parameters that reached the client, and nothing but those. */
function answered(outcome: AuthorizationOutcome): { to: string; params: Record<string, string> } {
  if (outcome.kind !== 'redirect') throw new TypeError(`expected a redirect, got ${JSON.stringify(outcome)}`);
  const url = new URL(outcome.location);
  return { to: `${url.origin}${url.pathname}`, params: Object.fromEntries(url.searchParams) };
}

async function errorOf(form: Form): Promise<string | undefined> {
  return answered(await world.authorize({ ...SPA_REQUEST, ...form })).params.error;
}

const ask = async (form: Form = {}) => {
  const outcome = await world.authorize({ ...WEB_REQUEST, ...form });
  if (outcome.kind !== 'consent') throw new TypeError(`expected consent, got ${JSON.stringify(outcome)}`);
  return outcome.prompt;
};

describe('a sound request by someone who is signed in', () => {
  test('a first-party client gets a code, its state and the issuer', async () => {
    const { to, params } = answered(await world.authorize(SPA_REQUEST));
    expect(to).toBe(REDIRECT);
    expect(params).toEqual({ code: expect.stringMatching(/^gh_ac_/), state: 'st', iss: ISSUER });
  });

  test('a registered query is kept', async () => {
    const prompt = await ask({ redirect_uri: 'https://web.example.com/callback?tab=1' });
    const { params } = answered(await world.consent({ interaction: prompt.interaction, decision: 'allow' }));
    expect(params).toMatchObject({ tab: '1', code: expect.any(String) });
  });

  test('any port of a loopback address', async () => {
    const form = { ...SPA_REQUEST, client_id: 'native', redirect_uri: 'http://127.0.0.1:51004/callback' };
    const outcome = await world.authorize({ ...form, scope: 'openid' });
    expect(outcome).toMatchObject({ kind: 'consent', prompt: { redirectUri: 'http://127.0.0.1:51004/callback' } });
  });
});

describe('never redirected: nobody knows where to', () => {
  test.each<[string, Form]>([
    ['no client', { client_id: undefined }],
    ['an unknown client', { client_id: 'nobody' }],
    ['a client of Object.prototype', { client_id: '__proto__' }],
    ['no redirect URI', { redirect_uri: undefined }],
    ['an unregistered redirect URI', { redirect_uri: 'https://evil.example/callback' }],
    ['one character more', { redirect_uri: `${REDIRECT}/` }],
    ['a query more', { redirect_uri: `${REDIRECT}?x=1` }],
    ['a fragment more', { redirect_uri: `${REDIRECT}#x` }],
    ['another case', { redirect_uri: REDIRECT.toUpperCase() }],
    ['http instead of https', { redirect_uri: REDIRECT.replace('https', 'http') }],
    ['another client’s redirect URI', { redirect_uri: 'https://web.example.com/callback' }],
    ['a port for a web client', { redirect_uri: 'https://spa.example.com:8443/callback' }],
  ])('%s', async (_, form) => {
    expect(await world.authorize({ ...SPA_REQUEST, ...form })).toMatchObject({
      kind: 'problem',
      problem: { status: 400, error: 'invalid_request', error_id: expect.stringMatching(/^err_/) },
    });
  });

  test.each(['client_id=web', 'redirect_uri=https%3A%2F%2Fevil.example', 'state=2', 'scope=openid'])(
    'a second %s',
    async (extra) => {
      const text = `${new URLSearchParams(SPA_REQUEST)}&${extra}`;
      const params = [...new URLSearchParams(text)];
      const outcome = await world.oauth.authorize({
        tenantId: 'ten_00000000000000000000000000',
        params,
        cookie: undefined,
        ip: '192.0.2.1',
        userAgent: undefined,
      });
      expect(outcome).toMatchObject({ kind: 'problem', problem: { error: 'invalid_request' } });
    },
  );
});

describe('told to the client', () => {
  test.each<[string, Form, string]>([
    ['no response type', { response_type: undefined }, 'invalid_request'],
    ['implicit', { response_type: 'token' }, 'unsupported_response_type'],
    ['hybrid', { response_type: 'code id_token' }, 'unsupported_response_type'],
    ['id token alone', { response_type: 'id_token' }, 'unsupported_response_type'],
    ['a response mode that there is not', { response_mode: 'web_message' }, 'invalid_request'],
    ['no PKCE', { code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
    ['PKCE plain', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['PKCE by default plain', { code_challenge_method: undefined }, 'invalid_request'],
    ['PKCE s256', { code_challenge_method: 's256' }, 'invalid_request'],
    ['a short challenge', { code_challenge: 'abc' }, 'invalid_request'],
    ['a padded challenge', { code_challenge: `${SPA_REQUEST.code_challenge}=` }, 'invalid_request'],
    ['a scope it may not have', { scope: 'openid bills:read' }, 'invalid_scope'],
    ['a scope nobody knows', { scope: 'openid wether:read' }, 'invalid_scope'],
    ['an API it may not call', { resource: 'urn:billing' }, 'invalid_target'],
    ['none with login', { prompt: 'none login' }, 'invalid_request'],
    ['an unknown prompt', { prompt: 'create' }, 'invalid_request'],
    ['a negative max_age', { max_age: '-1' }, 'invalid_request'],
    ['max_age in words', { max_age: 'soon' }, 'invalid_request'],
    ['an endless nonce', { nonce: 'n'.repeat(600) }, 'invalid_request'],
  ])('%s: %o', async (_, form, error) => {
    const { to, params } = answered(await world.authorize({ ...SPA_REQUEST, ...form }));
    expect(to).toBe(REDIRECT);
    expect(params).toEqual({
      error,
      error_description: expect.any(String),
      error_id: expect.stringMatching(/^err_/),
      state: 'st',
      iss: ISSUER,
    });
  });

  test('a client without the grant', async () => {
    await world.apply([
      {
        kind: 'client',
        name: 'no-code',
        spec: { type: 'confidential', grants: ['client_credentials'], redirectUris: ['https://n.example.com/cb'] },
      },
    ]);
    await world.store.changes.caughtUp();
    const form = { client_id: 'no-code', redirect_uri: 'https://n.example.com/cb' };
    expect(await errorOf(form)).toBe('unauthorized_client');
  });
});

describe('who is signed in', () => {
  test('nobody: to the sign-in page, and back to the same request', async () => {
    world.signedIn.session = undefined;
    const outcome = await world.authorize(SPA_REQUEST);
    if (outcome.kind !== 'sign_in') throw new TypeError(outcome.kind);
    const back = new URL(outcome.returnTo, ISSUER);
    expect(back.pathname).toBe('/oauth/authorize');
    expect(Object.fromEntries(back.searchParams)).toMatchObject(SPA_REQUEST);
    world.clock.advance(5000);
    world.signIn();
    expect(answered(await world.authorize(Object.fromEntries(back.searchParams))).params.code).toBeDefined();
  });

  test('nobody, and prompt=none: login_required', async () => {
    world.signedIn.session = undefined;
    expect(await errorOf({ prompt: 'none' })).toBe('login_required');
  });

  test('somebody, and prompt=none: a code without a word', async () => {
    expect(await errorOf({ prompt: 'none' })).toBeUndefined();
  });

  test.each<Form>([{ prompt: 'login' }, { prompt: 'select_account' }, { max_age: '0' }, { max_age: '59' }])(
    '%o: sign in afresh, once',
    async (demand) => {
      const form = { ...SPA_REQUEST, ...demand };
      world.clock.advance(60_000);
      const outcome = await world.authorize(form);
      if (outcome.kind !== 'sign_in') throw new TypeError(outcome.kind);
      const back = Object.fromEntries(new URL(outcome.returnTo, ISSUER).searchParams);
      // Back without having signed in: asked again.
      expect((await world.authorize(back)).kind).toBe('sign_in');
      world.clock.advance(1000);
      world.signIn();
      world.clock.advance(1000);
      expect(answered(await world.authorize(back)).params.code).toBeDefined();
      // The proof belongs to this request: another one, and this one altered, are asked again.
      const stolen = { ...back, code_challenge: 'A'.repeat(43) };
      if (demand.max_age !== '59') expect((await world.authorize(stolen)).kind).toBe('sign_in');
      const forged = { ...back, signed_in_after: `0.${'A'.repeat(43)}` };
      if (demand.max_age !== '59') expect((await world.authorize(forged)).kind).toBe('sign_in');
    },
  );

  test('too long ago for max_age, and prompt=none: login_required', async () => {
    world.clock.advance(61_000);
    expect(await errorOf({ prompt: 'none', max_age: '60' })).toBe('login_required');
  });

  test('a request too long for the way back is refused, not cut', async () => {
    world.signedIn.session = undefined;
    expect(await errorOf({ state: 's'.repeat(5000) })).toBe('invalid_request');
  });

  test('auth_time of the id token is when the person signed in', async () => {
    const { authTime } = world.signedIn.session ?? {};
    world.clock.advance(30_000);
    const { body } = await world.token({ ...SPA_REDEEM, code: await world.code() });
    expect(claimsOf(body.id_token).auth_time).toBe(authTime);
  });
});

describe('consent', () => {
  test('is asked with words, and the answer leads to a code', async () => {
    const prompt = await ask({ prompt: 'consent' });
    expect(prompt).toEqual({
      interaction: expect.stringMatching(/^gh_cf_/),
      client: { id: 'web', displayName: 'Web application' },
      person: { name: 'Alice', email: 'alice@example.com' },
      scopes: [
        { scope: 'openid', description: 'Know who you are', isRequired: true },
        { scope: 'weather:read', description: 'Read the weather', isRequired: false },
      ],
      details: [],
      api: { name: 'weather', audience: 'https://weather.example.com' },
      redirectUri: 'https://web.example.com/callback',
    });
    const { to, params } = answered(await world.consent({ interaction: prompt.interaction, decision: 'allow' }));
    expect(to).toBe('https://web.example.com/callback');
    expect(params).toEqual({ code: expect.stringMatching(/^gh_ac_/), state: 'st', iss: ISSUER });
  });

  test('is remembered for what was agreed, and asked for what was not', async () => {
    const prompt = await ask({ prompt: 'consent' });
    await world.consent({ interaction: prompt.interaction, decision: 'allow' });
    expect(answered(await world.authorize({ ...WEB_REQUEST, prompt: 'none' })).params.code).toBeDefined();
    const more = { ...WEB_REQUEST, scope: 'openid weather:write' };
    expect(answered(await world.authorize({ ...more, prompt: 'none' })).params.error).toBe('consent_required');
    expect((await ask({ scope: 'openid weather:write' })).scopes).toHaveLength(2);
    world.people.set('usr_bob', { roles: [] });
    world.signIn({ userId: 'usr_bob' });
    expect((await world.authorize(WEB_REQUEST)).kind).toBe('consent');
  });

  test('of a native app is never remembered', async () => {
    const form = { ...SPA_REQUEST, client_id: 'native', redirect_uri: 'http://127.0.0.1:1/callback', scope: 'openid' };
    for (let round = 0; round < 2; round += 1) {
      const outcome = await world.authorize(form);
      if (outcome.kind !== 'consent') throw new TypeError(outcome.kind);
      await world.consent({ interaction: outcome.prompt.interaction, decision: 'allow' });
    }
  });

  test('denied: the client is told', async () => {
    const { interaction } = await ask({ prompt: 'consent' });
    const { params } = answered(await world.consent({ interaction, decision: 'deny' }));
    expect(params).toMatchObject({ error: 'access_denied', state: 'st', iss: ISSUER });
    expect(params.code).toBeUndefined();
  });

  test.each<[string, (interaction: string) => Form, (() => void)?]>([
    ['without the interaction', () => ({ decision: 'allow' })],
    ['with one made up', () => ({ interaction: 'x', decision: 'allow' })],
    ['with another decision', (interaction) => ({ interaction, decision: 'yes' })],
    ['without a decision', (interaction) => ({ interaction })],
    [
      'by nobody',
      (interaction) => ({ interaction, decision: 'allow' }),
      () => {
        world.signedIn.session = undefined;
      },
    ],
    [
      'from another session',
      (interaction) => ({ interaction, decision: 'allow' }),
      () => world.signIn({ sessionId: 'ses_2' }),
    ],
    ['after ten minutes', (interaction) => ({ interaction, decision: 'allow' }), () => world.clock.advance(600_000)],
  ])('answered %s: a page, and no redirect', async (_, form, before) => {
    const { interaction } = await ask({ prompt: 'consent' });
    before?.();
    expect(await world.consent(form(interaction))).toMatchObject({
      kind: 'problem',
      problem: { status: 400, error: 'invalid_request' },
    });
  });

  test('of 20 answers to one question one counts', async () => {
    const { interaction } = await ask({ prompt: 'consent' });
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => world.consent({ interaction, decision: 'allow' })),
    );
    expect(outcomes.filter(({ kind }) => kind === 'redirect')).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === 'problem')).toHaveLength(19);
  });

  test('of many questions left open the last twenty can be answered; another session’s are not touched', async () => {
    world.signIn({ sessionId: 'ses_other' });
    const others = await ask({ prompt: 'consent' });
    world.signIn({ sessionId: 'ses_many' });
    const open: string[] = [];
    for (let index = 0; index < 21; index += 1) {
      world.clock.advance(1);
      open.push((await ask({ prompt: 'consent' })).interaction);
    }
    const answer = async (interaction = '') => (await world.consent({ interaction, decision: 'deny' })).kind;
    expect([await answer(open[0]), await answer(open[1])]).toEqual(['problem', 'redirect']);
    world.signIn({ sessionId: 'ses_other' });
    expect(await answer(others.interaction)).toBe('redirect');
  });

  test('the client lost its redirect URI while the person was reading', async () => {
    const { interaction } = await ask({ prompt: 'consent' });
    const spec = {
      displayName: 'Web application',
      type: 'confidential',
      grants: ['authorization_code', 'refresh_token'],
      redirectUris: ['https://moved.example.com/callback'],
      scopes: ['openid', 'weather:read'],
      apis: ['weather'],
    };
    await world.apply([{ kind: 'client', name: 'web', spec }]);
    await world.store.changes.caughtUp();
    expect((await world.consent({ interaction, decision: 'allow' })).kind).toBe('problem');
  });
});
