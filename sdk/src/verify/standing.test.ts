/** What is known of a token beyond its signature: heard, asked, or refused. The feed is under the test's control. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createVerifier, type Verifier } from './create-verifier.ts';
import { AUDIENCE, type FakeIssuer, startIssuer } from './issuer.fixture.ts';

type Feed = (form: URLSearchParams, signal: AbortSignal | undefined) => Response | Promise<Response>;

let issuer: FakeIssuer;
let verifier: Verifier;
let feed: Feed;
let looked: string[];
/** What introspection says. */
let said: Record<string, unknown>;

const page = (revocations: object[], more = false, cursor = 'a.1') => issuer.json({ cursor, more, revocations });
const revoked = (kind: string, id: string, before = issuer.now) => ({
  kind,
  id,
  before,
  expires_at: issuer.now + 600_000,
});
/** Held until the verifier is closed. */
const held: Feed = (_, signal) =>
  new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new TypeError('aborted'))));

beforeEach(async () => {
  issuer = await startIssuer();
  issuer.metadata.gatehouse_revocations_endpoint = `${issuer.issuer}/revocations`;
  looked = [];
  said = { active: true, ...issuer.claims() };
  feed = (form, signal) => (form.get('wait') === '0' ? page([]) : held(form, signal));
  issuer.answer = (url, init) => {
    const form = new URLSearchParams(String(init?.body ?? ''));
    if (url.endsWith('/revocations')) return feed(form, init?.signal ?? undefined);
    if (!url.endsWith('/introspect')) return undefined;
    looked.push(String(form.get('token')));
    return issuer.json(said);
  };
  verifier = createVerifier({ ...issuer.options, clientId: 'server', clientSecret: 's' });
});
afterEach(() => verifier.close());

describe('a token is refused when the feed says', () => {
  test.each([
    ['its id', 'jti', 'j1', {}],
    ['its grant', 'grant', 'g1', {}],
    ['its client', 'client', 'shop', {}],
    ['the secret it was obtained with', 'secret', 'cs1', {}],
    ['the session', 'session', 's1', {}],
    ['the person', 'user', 'usr_1', {}],
    ['what it was exchanged for', 'jti', 'older', {}],
  ])('%s', async (_, kind, id) => {
    feed = (form, signal) => (form.get('wait') === '0' ? page([revoked(kind, id)]) : held(form, signal));
    const token = await issuer.sign({
      jti: 'j1',
      grant_id: 'g1',
      client_secret_id: 'cs1',
      sid: 's1',
      origins: ['jti:older'],
    });
    await expect(verifier.verifyToken(token)).rejects.toMatchObject({ code: 'revoked' });
  });
});

test('a token that was issued after the revocation of its person is good', async () => {
  feed = (form, signal) =>
    form.get('wait') === '0' ? page([revoked('user', 'usr_1', issuer.now - 10_000)]) : held(form, signal);
  await expect(verifier.verifyToken(await issuer.sign())).resolves.toBeDefined();
  await expect(verifier.verifyToken(await issuer.sign({ iat: issuer.now / 1000 - 10 }))).rejects.toMatchObject({
    code: 'revoked',
  });
  await expect(verifier.verifyToken(await issuer.sign({ iat: undefined }))).rejects.toMatchObject({ code: 'revoked' });
});

test('a feed of several pages is read to its end before anybody is let in', async () => {
  feed = (form, signal) => {
    if (form.get('wait') !== '0') return held(form, signal);
    const at = Number(form.get('cursor')?.split('.')[1] ?? 0);
    return page([revoked('jti', `j${at}`)], at < 3, `a.${at + 1}`);
  };
  await expect(verifier.verifyToken(await issuer.sign({ jti: 'j3' }))).rejects.toMatchObject({ code: 'revoked' });
});

test('a feed that begins anew with each answer, as behind a load balancer, is not asked without a pause', async () => {
  let asked = 0;
  feed = () => {
    asked += 1;
    return page([revoked('jti', 'j1', 1), revoked('api_key', 'key_1', 1)], false, `${asked}.9`);
  };
  await expect(verifier.verifyToken(await issuer.sign({ jti: 'j1', iat: 0 }))).rejects.toMatchObject({
    code: 'revoked',
  });
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(asked).toBeLessThan(4);
});

test('a gap: nothing is believed that is older than forty seconds, and what was revoked meanwhile is heard when it ends', async () => {
  let back = false;
  const cursors: (string | null)[] = [];
  feed = (form) => {
    if (form.get('wait') === '0') return page([]);
    if (!back) throw new TypeError('fetch failed');
    cursors.push(form.get('cursor'));
    return page(cursors.length === 1 ? [revoked('jti', 'j1')] : [], false, 'a.2');
  };
  const token = await issuer.sign({ jti: 'j1' });
  await verifier.verifyToken(token);
  issuer.now += 39_000;
  await verifier.verifyToken(token);
  expect(looked).toEqual([]);
  issuer.now += 2_000;
  await verifier.verifyToken(token);
  expect(looked).toEqual([token]);
  back = true;
  // Introspection still says what it said ten seconds ago.
  const outcome = () =>
    verifier.verifyToken(token).then(
      () => 'good',
      ({ code }: { code: string }) => code,
    );
  await expect.poll(outcome, { timeout: 10_000 }).toBe('revoked');
  expect(cursors[0]).toBe('a.1');
});

describe('a feed that can not be heard', () => {
  const BROKEN: readonly [name: string, feed: Feed][] = [
    ['is refused', () => new Response('{"error":"unauthorized_client"}', { status: 403 })],
    ['is no JSON', () => new Response('<html>')],
    ['has no cursor', () => issuer.json({ revocations: [] })],
    ['has something else in it', () => issuer.json({ cursor: 'a.1', revocations: ['jti j1'] })],
    ['has no times', () => issuer.json({ cursor: 'a.1', revocations: [{ kind: 'jti', id: 'j1' }] })],
    ['is not there', () => Promise.reject(new TypeError('fetch failed'))],
  ];
  test.each(BROKEN)('%s: each token is asked about', async (_, broken) => {
    feed = broken;
    const token = await issuer.sign();
    await expect(verifier.verifyToken(token)).resolves.toBeDefined();
    expect(looked).toEqual([token]);
    said = { active: false };
    await expect(verifier.verifyToken(await issuer.sign())).rejects.toMatchObject({ code: 'revoked' });
  });

  test('and an issuer that does not answer either: nobody is let in', async () => {
    feed = () => new Response('', { status: 500 });
    const token = await issuer.sign();
    const answer = issuer.answer;
    issuer.answer = (url, init) =>
      url.endsWith('/introspect') ? new Response('', { status: 500 }) : answer(url, init);
    await expect(verifier.verifyToken(token)).rejects.toMatchObject({ code: 'issuer_unavailable', status: 503 });
  });
});

describe('what is introspected', () => {
  const KEY = 'opaque-token-of-somebody';

  test('is asked once by a hundred at a time, and remembered for ten seconds', async () => {
    await Promise.all(Array.from({ length: 100 }, () => verifier.verifyToken(KEY)));
    issuer.now += 9_000;
    await verifier.verifyToken(KEY);
    expect(looked).toHaveLength(1);
    issuer.now += 2_000;
    await verifier.verifyToken(KEY);
    expect(looked).toHaveLength(2);
  });

  test('is not remembered beyond its end', async () => {
    said = { ...said, exp: issuer.now / 1000 + 3 };
    await verifier.verifyToken(KEY);
    issuer.now += 4_000;
    await expect(verifier.verifyToken(KEY)).rejects.toMatchObject({ code: 'expired' });
  });

  test.each([
    ['inactive', { active: false }, 'inactive'],
    ['active by a word', { active: 'true', aud: AUDIENCE }, 'inactive'],
    ['of another issuer', { iss: 'https://evil.example.com' }, 'wrong_issuer'],
    ['for another API', { aud: 'https://other.example.com' }, 'wrong_audience'],
    ['for no API', { aud: undefined }, 'wrong_audience'],
    ['bound to a key', { cnf: { jkt: 'x' } }, 'wrong_sender'],
    ['of nobody', { sub: undefined, client_id: undefined }, 'inactive'],
  ])('%s is refused', async (_, changes, code) => {
    said = { ...said, ...changes };
    await expect(verifier.verifyToken(KEY)).rejects.toMatchObject({ code });
  });

  test('is remembered apart from others that begin alike, however long', async () => {
    const long = 'x'.repeat(8_000);
    await verifier.verifyToken(`${long}1`);
    await verifier.verifyToken(`${long}2`);
    await verifier.verifyToken(`${long}1`);
    expect(looked.map((token) => token.at(-1))).toEqual(['1', '2']);
  });

  test('without credentials nothing is asked', async () => {
    const alone = createVerifier(issuer.options);
    await expect(alone.verifyToken(KEY)).rejects.toMatchObject({ code: 'credential_not_accepted', status: 401 });
    expect(looked).toEqual([]);
  });
});

test('a hundred decisions at once are two questions; the same one is asked once; a second later again', async () => {
  const asked: number[] = [];
  const answer = issuer.answer;
  issuer.answer = (url, init) => {
    if (!url.includes('/access/v1/')) return answer(url, init);
    const { evaluations = [] } = JSON.parse(String(init?.body));
    asked.push(evaluations.length);
    return issuer.json({ decision: true, evaluations: evaluations.map(() => ({ decision: true })) });
  };
  const deciding = createVerifier({ ...issuer.options, decisionKey: 'k' });
  const auth = await deciding.verifyToken(await issuer.sign());
  const ask = (id: string) => deciding.authorize(auth, { action: 'read', resource: { type: 'Order', id } });
  await Promise.all(Array.from({ length: 200 }, (_, index) => ask(`o${index % 100}`)));
  expect(asked).toEqual([50, 50]);
  await ask('o1');
  expect(asked).toHaveLength(2);
  issuer.now += 1_001;
  await ask('o1');
  expect(asked).toHaveLength(3);
});
