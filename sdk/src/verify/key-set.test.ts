/** The issuer's keys: fetched once, renewed in time, and never because somebody wants them to be. */
import { expect, test } from 'vitest';
import { createVerifier } from './create-verifier.ts';
import { newPair, startIssuer } from './issuer.fixture.ts';

test('a hundred callers at a cold start: one request for the metadata, one for the keys', async () => {
  const issuer = await startIssuer();
  const verifier = createVerifier(issuer.options);
  const tokens = await Promise.all(Array.from({ length: 100 }, () => issuer.sign()));
  await Promise.all(tokens.map((token) => verifier.verifyToken(token)));
  expect([issuer.count('/jwks'), issuer.count('/.well-known/openid-configuration')]).toEqual([1, 1]);
});

test('a flood of invented key ids makes no request within the cool-down, and one after it', async () => {
  const issuer = await startIssuer();
  const verifier = createVerifier(issuer.options);
  await verifier.verifyToken(await issuer.sign());
  const flood = async () => {
    for (let index = 0; index < 50; index += 1) {
      await expect(verifier.verifyToken(await issuer.sign({}, { kid: `k${index}` }))).rejects.toMatchObject({
        code: 'bad_signature',
      });
    }
  };
  await flood();
  expect(issuer.count('/jwks')).toBe(1);
  issuer.now += 31_000;
  await flood();
  expect(issuer.count('/jwks')).toBe(2);
});

test('a new key is found when its first token comes', async () => {
  const issuer = await startIssuer();
  const verifier = createVerifier(issuer.options);
  const before = await issuer.sign();
  await verifier.verifyToken(before);
  const second = await newPair('second', 'EdDSA');
  issuer.keys = [issuer.pair.jwk, second.jwk];
  issuer.pair = second;
  issuer.now += 31_000;
  await expect(verifier.verifyToken(await issuer.sign())).resolves.toMatchObject({ subject: 'usr_1' });
  await expect(verifier.verifyToken(before)).resolves.toMatchObject({ subject: 'usr_1' });
});

test('a withdrawn key takes its verified tokens along, once the keys were read again', async () => {
  const issuer = await startIssuer();
  const verifier = createVerifier(issuer.options);
  const token = await issuer.sign({ exp: issuer.now / 1000 + 3_600 });
  await verifier.verifyToken(token);
  issuer.keys = [(await newPair('second')).jwk];
  issuer.now += 301_000;
  // Renewed in the background: this one may still pass.
  await verifier.verifyToken(token).catch(() => undefined);
  await expect.poll(() => issuer.count('/jwks')).toBe(2);
  await expect(verifier.verifyToken(token)).rejects.toMatchObject({ code: 'bad_signature' });
});

test('an issuer that is away: known keys go on for an hour, then nobody is known (503, not 401)', async () => {
  const issuer = await startIssuer();
  const verifier = createVerifier(issuer.options);
  const token = await issuer.sign({ exp: issuer.now / 1000 + 36_000 });
  await verifier.verifyToken(token);
  issuer.down = true;
  issuer.now += 3_000_000;
  await expect(verifier.verifyToken(token)).resolves.toMatchObject({ subject: 'usr_1' });
  issuer.now += 1_000_000;
  await expect(verifier.verifyToken(token)).rejects.toMatchObject({ code: 'issuer_unavailable', status: 503 });
});

test('an issuer that was never reached is asked with a growing pause', async () => {
  const issuer = await startIssuer();
  issuer.down = true;
  const verifier = createVerifier(issuer.options);
  const token = await issuer.sign();
  for (let second = 0; second < 120; second += 1) {
    await expect(verifier.verifyToken(token)).rejects.toMatchObject({ code: 'issuer_unavailable' });
    issuer.now += 1_000;
  }
  expect(issuer.count('/.well-known/openid-configuration')).toBeLessThan(12);
});

const BAD_METADATA: readonly [name: string, change: Record<string, unknown>][] = [
  ['of another issuer', { issuer: 'https://evil.example.com' }],
  ['of the issuer with a slash', { issuer: 'https://id.example.com/' }],
  ['without keys', { jwks_uri: undefined }],
  ['with keys by plain http', { jwks_uri: 'http://id.example.com/jwks' }],
  ['with keys in a file', { jwks_uri: 'file:///etc/keys' }],
  ['with a number for keys', { jwks_uri: 7 }],
];
test.each(BAD_METADATA)('metadata %s is not believed', async (_, change) => {
  const issuer = await startIssuer();
  Object.assign(issuer.metadata, change);
  await expect(createVerifier(issuer.options).verifyToken(await issuer.sign())).rejects.toMatchObject({
    code: 'issuer_unavailable',
  });
});

const BAD_KEYS: readonly [name: string, body: string, status?: number][] = [
  ['no JSON', '<html>'],
  ['an array', '[]'],
  ['no keys', '{}'],
  ['too many keys', JSON.stringify({ keys: Array.from({ length: 101 }, () => ({ kty: 'EC' })) })],
  ['too long', JSON.stringify({ keys: [], padding: 'x'.repeat(2 * 1024 * 1024) })],
  ['a redirect', '', 302],
  ['an error', '{"keys":[]}', 500],
];
test.each(BAD_KEYS)('keys that are %s are an issuer that is not there', async (_, body, status = 200) => {
  const issuer = await startIssuer();
  issuer.answer = (url) => (url.endsWith('/jwks') ? new Response(body, { status }) : undefined);
  await expect(createVerifier(issuer.options).verifyToken(await issuer.sign())).rejects.toMatchObject({ status: 503 });
});

test('RFC 8414 metadata is found where there is no OpenID Connect document', async () => {
  const issuer = await startIssuer('https://id.example.com/tenants/a');
  issuer.answer = (url) => {
    if (url.includes('openid-configuration')) return new Response('{}', { status: 404 });
    return url === 'https://id.example.com/.well-known/oauth-authorization-server/tenants/a'
      ? issuer.json(issuer.metadata)
      : undefined;
  };
  await expect(createVerifier(issuer.options).verifyToken(await issuer.sign())).resolves.toMatchObject({
    clientId: 'shop',
  });
});
