/** What could go wrong between requests: what one caller, or one handler, leaves behind for the next. */
import { CompactSign, calculateJwkThumbprint } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createVerifier, type Verifier } from './create-verifier.ts';
import { AUDIENCE, type FakeIssuer, newPair, proofOf, requestWith, startIssuer } from './issuer.fixture.ts';

/** What a handler in JavaScript may do, whatever the types say. */
interface Changed {
  roles: string[];
  scopes: string[];
  groups: string[];
  claims: { realm: { roles: string[] } };
  actor: { act: object };
}

let issuer: FakeIssuer;
let verifier: Verifier;
beforeEach(async () => {
  issuer = await startIssuer();
  verifier = createVerifier(issuer.options);
});
afterEach(() => verifier.close());

describe('what is remembered of a token', () => {
  const CHANGES: readonly [what: string, change: (auth: Changed) => unknown][] = [
    ['a role', ({ roles }) => roles.push('admin')],
    ['a scope', ({ scopes }) => scopes.push('orders:write')],
    ['a group', ({ groups }) => groups.push('owners')],
    ['the subject', (auth) => Object.assign(auth, { subject: 'usr_2' })],
    ['a claim', ({ claims }) => Object.assign(claims, { sub: 'usr_2' })],
    ['a claim far below', ({ claims }) => claims.realm.roles.push('admin')],
    ['who acts', ({ actor }) => Object.assign(actor.act, { sub: 'somebody' })],
  ];
  test.each(CHANGES)('is not changed by a handler: %s', async (_, change) => {
    const act = { sub: 'a', act: { sub: 'b' } };
    const token = await issuer.sign({ groups: ['g'], realm: { roles: ['clerk'] }, act });
    const before = JSON.stringify(await verifier.verifyToken(token));
    const auth: unknown = await verifier.verifyToken(token);
    expect(() => change(auth as Changed)).toThrow(TypeError);
    expect(JSON.stringify(await verifier.verifyToken(token))).toBe(before);
  });

  test('is good for one audience: the same token at the next verifier of the same process is looked at anew', async () => {
    const token = await issuer.sign();
    await verifier.verifyToken(token);
    const other = createVerifier({ ...issuer.options, audience: 'https://billing.example.com' });
    await expect(other.verifyToken(token)).rejects.toMatchObject({ code: 'wrong_audience' });
  });

  test('does not stand for a key: a bound token that was verified with its proof is no bearer token afterwards', async () => {
    const [holder, thief] = [await newPair('holder'), await newPair('thief')];
    const token = await issuer.sign({ cnf: { jkt: await calculateJwkThumbprint(holder.jwk) } });
    const url = 'https://orders.example.com/orders';
    const present = async (pair: typeof holder) =>
      verifier.verify(
        requestWith(
          {
            authorization: `DPoP ${token}`,
            dpop: await proofOf(pair, { method: 'GET', url, token, now: issuer.now }),
          },
          { url },
        ),
      );
    await expect(present(holder)).resolves.toBeDefined();
    await expect(present(thief)).rejects.toMatchObject({ code: 'wrong_sender' });
    await expect(verifier.verifyToken(token)).rejects.toMatchObject({ code: 'wrong_sender' });
    await expect(verifier.verify(requestWith({ authorization: `Bearer ${token}` }))).rejects.toMatchObject({
      code: 'wrong_sender',
    });
  });

  test('ends with the token, to the second, also when the clock goes back and forth', async () => {
    const token = await issuer.sign();
    await verifier.verifyToken(token);
    issuer.now += 304_000;
    await expect(verifier.verifyToken(token)).resolves.toBeDefined();
    issuer.now += 1_000;
    await expect(verifier.verifyToken(token)).rejects.toMatchObject({ code: 'expired' });
    issuer.now -= 2_000;
    await expect(verifier.verifyToken(token)).resolves.toBeDefined();
  });
});

describe('claims that name a prototype are refused, and change nothing', () => {
  const raw = (json: string) => JSON.parse(json) as Record<string, unknown>;
  test.each([
    ['at the top', '{"__proto__":{"isAdmin":true}}'],
    ['far below', '{"a":[{"b":{"__proto__":{"isAdmin":true}}}]}'],
    ['by way of the constructor', '{"constructor":{"prototype":{"isAdmin":true}}}'],
    ['in letters by number', '{"\\u005f_proto__":{"isAdmin":true}}'],
  ])('%s', async (_, json) => {
    await expect(verifier.verifyToken(await issuer.sign(raw(json)))).rejects.toMatchObject({
      code: 'credential_malformed',
    });
    issuer.answer = (url) =>
      url.endsWith('/introspect') ? issuer.json({ active: true, ...issuer.claims(), ...raw(json) }) : undefined;
    const asking = createVerifier({ ...issuer.options, clientId: 'orders', clientSecret: 's' });
    await expect(asking.verifyToken('opaque')).rejects.toMatchObject({ code: 'inactive' });
    expect('isAdmin' in {}).toBe(false);
    asking.close();
  });

  test.each([
    ['a company by the name of Constructor', { constructor: 'Constructor Inc.' }],
    ['as deep as ten actors', { act: nested(9) }],
  ])('others are claims like any: %s', async (_, claims) => {
    await expect(verifier.verifyToken(await issuer.sign(claims))).resolves.toBeDefined();
  });

  test('claims as deep as a well are refused, at no cost', async () => {
    const deep = JSON.stringify({ ...issuer.claims(), a: 0 }).replace(
      '"a":0',
      `"a":${'['.repeat(5_000)}${']'.repeat(5_000)}`,
    );
    const { alg, kid, privateKey } = issuer.pair;
    const signer = new CompactSign(new TextEncoder().encode(deep)).setProtectedHeader({ alg, kid, typ: 'at+jwt' });
    await expect(verifier.verifyToken(await signer.sign(privateKey))).rejects.toMatchObject({
      code: 'credential_malformed',
    });
  });
});

function nested(depth: number): object {
  return depth === 0 ? { sub: 'a' } : { sub: 'a', act: nested(depth - 1) };
}

describe('where `typ` need not say what a token is, its claims do', () => {
  test.each([
    ['an id token', { at_hash: 'x' }],
    ['an id token of the hybrid flow', { c_hash: 'x' }],
    ['a logout token', { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }],
    ['an id token of Cognito', { token_use: 'id' }],
    ['an id token of Keycloak', { typ: 'ID' }],
    ['a refresh token of Keycloak', { typ: 'Refresh' }],
  ])('%s is refused', async (_, claims) => {
    const lenient = createVerifier({ ...issuer.options, tokenType: 'JWT' });
    await expect(lenient.verifyToken(await issuer.sign(claims, { typ: 'JWT' }))).rejects.toMatchObject({
      code: 'wrong_type',
    });
  });

  test.each([[{ typ: 'Bearer' }], [{ token_use: 'access' }], [{ nonce: 'n' }]])('%j is taken', async (claims) => {
    const lenient = createVerifier({ ...issuer.options, tokenType: 'JWT' });
    await expect(lenient.verifyToken(await issuer.sign(claims, { typ: undefined }))).resolves.toBeDefined();
  });
});

describe('a key id', () => {
  test.each([
    '../../etc/passwd',
    "' or 1=1 --",
    'https://evil.example.com/jwks',
    '__proto__',
    'constructor',
    'first\r\nx: y',
    'x'.repeat(8_000),
  ])('%j chooses no key, and goes nowhere', async (kid) => {
    await expect(verifier.verifyToken(await issuer.sign({}, { kid }))).rejects.toMatchObject({ code: 'bad_signature' });
    expect([...issuer.asked.keys()]).toEqual(['/.well-known/openid-configuration', '/jwks']);
  });

  test('that two keys bear chooses none of them: a key that was slipped in can not take the place of one', async () => {
    const slipped = await newPair('first');
    issuer.keys = [slipped.jwk, issuer.pair.jwk];
    await expect(verifier.verifyToken(await issuer.sign({}, {}, slipped))).rejects.toMatchObject({
      code: 'bad_signature',
    });
  });
});

test('a revocation that is told while a token is being looked up counts for that token', async () => {
  issuer.metadata.gatehouse_revocations_endpoint = `${issuer.issuer}/revocations`;
  let heard: ((response: Response) => void) | undefined;
  let looks = 0;
  let answerLook: ((response: Response) => void) | undefined;
  issuer.answer = (url, init) => {
    if (url.endsWith('/revocations')) {
      const wait = new URLSearchParams(String(init?.body)).get('wait');
      // At first nobody hears it; then it is heard, at the moment that the test chooses.
      if (wait === '0') return new Response('', { status: 500 });
      return new Promise((resolve, reject) => {
        heard = resolve;
        init?.signal?.addEventListener('abort', () => reject(new TypeError('aborted')));
      });
    }
    if (!url.endsWith('/introspect')) return undefined;
    looks += 1;
    return new Promise((resolve) => {
      answerLook = resolve;
    });
  };
  const following = createVerifier({ ...issuer.options, clientId: 'orders', clientSecret: 's' });
  const token = await issuer.sign({ jti: 'j1' });
  const first = following.verifyToken(token);
  await expect.poll(() => looks).toBe(1);
  await expect.poll(() => heard).toBeDefined();
  const revoked = { kind: 'jti', id: 'j1', before: issuer.now, expires_at: issuer.now + 600_000 };
  const tell = heard;
  heard = undefined;
  tell?.(issuer.json({ cursor: 'a.1', more: false, revocations: [revoked] }));
  // Whoever asks for what comes next has taken what came.
  await expect.poll(() => heard).toBeDefined();
  // What introspection says is from before.
  answerLook?.(issuer.json({ active: true, ...issuer.claims(), aud: AUDIENCE }));
  await first;
  await expect(following.verifyToken(token)).rejects.toMatchObject({ code: 'revoked' });
  following.close();
});
