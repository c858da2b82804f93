/** Pushed authorization requests (RFC 9126). */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { assertionClaims, assertionForm, makeKey, signJwt } from '../authentication/assertions.fixture.ts';
import { type Form, ISSUER, openWorld, SPA_REDEEM, SPA_REQUEST, type World } from '../oauth-world.fixture.ts';
import type { AuthorizationOutcome } from './context.ts';

const ROUNDS = Number(process.env.GATEHOUSE_RACE_ROUNDS ?? 3);
const RACERS = 50;

let world: World;
const key = makeKey('k');

beforeAll(async () => {
  world = await openWorld();
  const redirectUris = ['https://pushy.example.com/callback'];
  const web = { grants: ['authorization_code'], redirectUris, scopes: ['openid', 'weather:read'], apis: ['weather'] };
  await world.apply([
    {
      kind: 'client',
      name: 'pushy',
      spec: { ...web, type: 'confidential', firstParty: true, pushedRequestsOnly: true },
    },
    {
      kind: 'client',
      name: 'bank',
      spec: {
        ...web,
        type: 'confidential',
        firstParty: true,
        profile: 'fapi2',
        senderConstraint: 'dpop',
        tokenEndpointAuthMethod: 'private_key_jwt',
        jwks: { keys: [key.jwk] },
      },
    },
  ]);
  await world.store.changes.caughtUp();
});
afterAll(() => world?.close());
beforeEach(() => world.signIn());

const push = (changes: Form = {}) => world.par({ ...SPA_REQUEST, ...changes });
const pushed = async (changes: Form = {}) => String((await push(changes)).body.request_uri);
const visit = (requestUri: string, more: Form = {}) =>
  world.authorize({ client_id: 'spa', request_uri: requestUri, ...more });
const codeOf = (outcome: AuthorizationOutcome) =>
  outcome.kind === 'redirect' ? new URL(outcome.location).searchParams.get('code') : undefined;
const problemOf = (outcome: AuthorizationOutcome) =>
  outcome.kind === 'problem' ? outcome.problem.error : outcome.kind;

describe('the endpoint', () => {
  test('201 with a request_uri that lasts a minute; what the browser adds counts for nothing', async () => {
    const { status, body } = await push();
    expect([status, body.expires_in]).toEqual([201, 60]);
    expect(body.request_uri).toMatch(/^urn:ietf:params:oauth:request_uri:gh_pr_/);
    const outcome = await visit(String(body.request_uri), { state: 'evil', redirect_uri: 'https://evil.example.com' });
    expect(outcome).toMatchObject({
      kind: 'redirect',
      location: expect.stringMatching(/^https:\/\/spa\.example\.com\/callback\?/),
    });
    expect(outcome.kind === 'redirect' ? new URL(outcome.location).searchParams.get('state') : '').toBe('st');
    const tokens = await world.token({ ...SPA_REDEEM, code: codeOf(outcome) ?? '' });
    expect(tokens.status).toBe(200);
  });

  test.each([
    ['a redirect URI that is not registered', { redirect_uri: 'https://evil.example.com' }, 400, 'invalid_request'],
    ['no PKCE', { code_challenge: undefined }, 400, 'invalid_request'],
    ['plain PKCE', { code_challenge_method: 'plain' }, 400, 'invalid_request'],
    ['a scope that it may not have', { scope: 'bills:read' }, 400, 'invalid_scope'],
    ['another response type', { response_type: 'token' }, 400, 'unsupported_response_type'],
    ['a request_uri', { request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 400, 'invalid_request_uri'],
    ['an address of a request object', { request_uri: 'https://spa.example.com/r' }, 400, 'invalid_request_uri'],
    ['a broken request object', { request: 'eyJ' }, 400, 'invalid_request_object'],
    ['no client', { client_id: undefined }, 401, 'invalid_client'],
    ['an unknown client', { client_id: 'nobody' }, 401, 'invalid_client'],
    ['a confidential client without its secret', { client_id: 'pushy' }, 401, 'invalid_client'],
    ['a wrong dpop_jkt', { dpop_jkt: 'x' }, 400, 'invalid_request'],
  ])('refuses %s', async (_, changes, status, error) => {
    expect(await push(changes)).toMatchObject({ status, body: { error } });
  });

  test('a secret is no part of what is stored', async () => {
    const client = { client_id: 'pushy', redirect_uri: 'https://pushy.example.com/callback', scope: 'openid' };
    const answer = await push({ ...client, client_secret: await world.secretOf('pushy') });
    expect(answer.status).toBe(201);
    const outcome = await visit(String(answer.body.request_uri), { client_id: 'pushy' });
    expect(codeOf(outcome)).toMatch(/^gh_ac_/);
  });
});

describe('the request_uri', () => {
  test.each([
    ['a second visit', async () => (await visitTwice())[1]],
    ['after a minute', async () => later(60_000)],
    ['by another client', async () => visit(await pushed(), { client_id: 'native' })],
    ['one that was never given out', () => visit('urn:ietf:params:oauth:request_uri:nonsense')],
    ['one that looks like ours', () => visit(`urn:ietf:params:oauth:request_uri:gh_pr_${'a'.repeat(33)}`)],
    [
      'one with a forged way back',
      async () => visitTwice({ signed_in_after: `${world.clock.now()}.${'a'.repeat(43)}` }),
    ],
  ])('refused: %s', async (_, go) => {
    const outcome = await go();
    expect(problemOf(Array.isArray(outcome) ? outcome[1] : outcome)).toBe('invalid_request_uri');
  });

  async function visitTwice(more: Form = {}) {
    const uri = await pushed();
    return [await visit(uri), await visit(uri, more)] as const;
  }
  async function later(milliseconds: number) {
    const uri = await pushed();
    world.clock.advance(milliseconds);
    return visit(uri);
  }

  test('lasts through the sign-in page, which leads back to it once', async () => {
    const uri = await pushed({ ui_locales: 'de' });
    world.signedIn.session = undefined;
    const outcome = await visit(uri);
    if (outcome.kind !== 'sign_in') throw new TypeError(outcome.kind);
    expect(outcome.returnTo).not.toContain('scope');
    expect(outcome.uiLocales).toBe('de');
    world.clock.advance(20 * 60_000);
    world.signIn();
    const back = Object.fromEntries(new URL(outcome.returnTo, ISSUER).searchParams);
    expect(codeOf(await world.authorize(back))).toMatch(/^gh_ac_/);
    expect(problemOf(await world.authorize(back))).toBe('invalid_request_uri');
  });

  test(`of ${RACERS} visits at once one gets a code, whatever way they come`, { timeout: 600_000 }, async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const uri = await pushed();
      const first = await Promise.all(Array.from({ length: RACERS }, () => visit(uri)));
      expect(first.filter(codeOf)).toHaveLength(1);
      expect(first.filter((outcome) => problemOf(outcome) === 'invalid_request_uri')).toHaveLength(RACERS - 1);

      const waiting = await pushed();
      world.signedIn.session = undefined;
      const outcome = await visit(waiting);
      if (outcome.kind !== 'sign_in') throw new TypeError(outcome.kind);
      world.signIn();
      const back = Object.fromEntries(new URL(outcome.returnTo, ISSUER).searchParams);
      const after = await Promise.all(Array.from({ length: RACERS }, () => world.authorize(back)));
      expect(after.filter(codeOf)).toHaveLength(1);
    }
  });
});

describe('clients that must push', () => {
  test.each(['pushy', 'bank'])('%s: what the browser brings by itself is refused, without a redirect', async (id) => {
    const direct = { ...SPA_REQUEST, client_id: id, redirect_uri: 'https://pushy.example.com/callback' };
    expect(await world.authorize(direct)).toMatchObject({ kind: 'problem', problem: { error: 'invalid_request' } });
  });

  test('fapi2 from beginning to end: assertion, pushed request, DPoP with a nonce, a code bound to the key', async () => {
    const claims = () => assertionClaims('bank', ISSUER, world.clock.now());
    const assertion = () => assertionForm(signJwt(key, claims()));
    const proof = (path: string, nonce?: string) => {
      const { jti, iat } = claims();
      const payload = { jti, iat, htm: 'POST', htu: `${ISSUER}${path}`, nonce };
      return [signJwt(key, payload, { typ: 'dpop+jwt', jwk: key.jwk, kid: undefined })];
    };
    const request = {
      ...SPA_REQUEST,
      client_id: 'bank',
      redirect_uri: 'https://pushy.example.com/callback',
      scope: 'openid weather:read',
    };
    const refused = await world.par({ ...request, ...assertion() }, { dpop: proof('/oauth/par') });
    expect(refused.body.error).toBe('use_dpop_nonce');
    const nonce = refused.headers['dpop-nonce'];
    const { body } = await world.par({ ...request, ...assertion() }, { dpop: proof('/oauth/par', nonce) });
    const code = codeOf(await visit(String(body.request_uri), { client_id: 'bank' })) ?? '';
    const redeem = { ...SPA_REDEEM, client_id: 'bank', redirect_uri: request.redirect_uri, code };
    const other = makeKey('o');
    const { jti, iat } = claims();
    const stolen = signJwt(
      other,
      { jti, iat, htm: 'POST', htu: `${ISSUER}/oauth/token`, nonce },
      { typ: 'dpop+jwt', jwk: other.jwk, kid: undefined },
    );
    const byThief = await world.token({ ...redeem, ...assertion() }, undefined, undefined, { dpop: [stolen] });
    expect(byThief.body.error).toBe('invalid_grant');
    const dpop = proof('/oauth/token', nonce);
    const tokens = await world.token({ ...redeem, ...assertion() }, undefined, undefined, { dpop });
    expect(tokens).toMatchObject({ status: 200, body: { token_type: 'DPoP' } });
  });
});
