/** Tokens that somebody made to get in. Each is refused, for its own reason, and none of them is a reason to fetch anything. */
import { createHmac } from 'node:crypto';
import { base64url, SignJWT } from 'jose';
import { beforeAll, expect, test } from 'vitest';
import { createVerifier } from './create-verifier.ts';
import { AUDIENCE, type FakeIssuer, ISSUER, newPair, type SigningPair, startIssuer } from './issuer.fixture.ts';

let issuer: FakeIssuer;
let stranger: SigningPair;
beforeAll(async () => {
  issuer = await startIssuer();
  stranger = await newPair('first');
});

const encode = (value: unknown) => base64url.encode(JSON.stringify(value));
const signed = (header: object, payload: object) => `${encode(header)}.${encode(payload)}`;

/** Signed with the public key as a shared secret: the oldest trick against verifiers that believe `alg`. */
function hmacByPublicKey(): string {
  const text = signed({ alg: 'HS256', typ: 'at+jwt', kid: 'first' }, issuer.claims());
  const secret = JSON.stringify(issuer.pair.jwk);
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

async function withHeader(header: Record<string, unknown>): Promise<string> {
  return issuer.sign({}, header);
}

const later = (seconds: number) => issuer.now / 1000 + seconds;

const HOSTILE: readonly [name: string, code: string, make: () => string | Promise<string>][] = [
  ['nothing', 'credential_not_accepted', () => 'x'],
  ['two segments', 'credential_not_accepted', () => 'ey.ey'],
  ['no JSON in the header', 'credential_malformed', () => 'e30x.e30.c2ln'],
  ['an array for a header', 'credential_malformed', () => `${encode([])}.e30.c2ln`],
  ['alg none', 'bad_signature', () => `${signed({ alg: 'none', typ: 'at+jwt' }, issuer.claims())}.AA`],
  ['alg None', 'bad_signature', () => `${signed({ alg: 'nOnE', typ: 'at+jwt' }, issuer.claims())}.AA`],
  ['HS256 with the public key', 'bad_signature', hmacByPublicKey],
  [
    'alg of Object.prototype',
    'bad_signature',
    () => `${signed({ alg: 'constructor', typ: 'at+jwt' }, issuer.claims())}.AA`,
  ],
  ['alg that the key is not for', 'bad_signature', () => issuer.sign({}, {}, { ...stranger, alg: 'ES256' })],
  ["a key of one's own under a known kid", 'bad_signature', () => issuer.sign({}, {}, stranger)],
  ["a key of one's own in the header", 'bad_signature', () => issuer.sign({}, { jwk: stranger.jwk }, stranger)],
  ['jku', 'bad_signature', () => issuer.sign({}, { jku: 'https://evil.example.com/jwks' }, stranger)],
  ['x5u', 'bad_signature', () => issuer.sign({}, { x5u: 'https://evil.example.com/x5u' }, stranger)],
  ['x5c', 'bad_signature', () => issuer.sign({}, { x5c: ['MIIB'] }, stranger)],
  ['an id token', 'wrong_type', () => withHeader({ typ: 'JWT' })],
  ['no typ', 'wrong_type', () => withHeader({ typ: undefined })],
  ['a logout token', 'wrong_type', () => withHeader({ typ: 'logout+jwt' })],
  ['a proof', 'wrong_type', () => withHeader({ typ: 'dpop+jwt' })],
  ['what the gateway tells upstreams', 'wrong_type', () => withHeader({ typ: 'identity+jwt' })],
  [
    'something critical',
    'credential_malformed',
    () => `${signed({ alg: 'ES256', typ: 'at+jwt', crit: ['x'], x: 1 }, {})}.AA`,
  ],
  [
    'an unencoded payload',
    'credential_malformed',
    () => `${signed({ alg: 'ES256', typ: 'at+jwt', crit: ['b64'], b64: false }, {})}.AA`,
  ],
  ['a kid that is no text', 'credential_malformed', () => `${signed({ alg: 'ES256', typ: 'at+jwt', kid: 7 }, {})}.AA`],
  ['another issuer', 'wrong_issuer', () => issuer.sign({ iss: 'https://evil.example.com' })],
  ['the issuer with a slash', 'wrong_issuer', () => issuer.sign({ iss: `${ISSUER}/` })],
  ['no issuer', 'wrong_issuer', () => issuer.sign({ iss: undefined })],
  ['another audience', 'wrong_audience', () => issuer.sign({ aud: 'https://billing.example.com' })],
  ['a longer audience', 'wrong_audience', () => issuer.sign({ aud: `${AUDIENCE}.evil.example.com` })],
  ['no audience', 'wrong_audience', () => issuer.sign({ aud: undefined })],
  ['an audience in an object', 'wrong_audience', () => issuer.sign({ aud: { 0: AUDIENCE } })],
  ['expired', 'expired', () => issuer.sign({ exp: later(-6) })],
  ['no end', 'credential_malformed', () => issuer.sign({ exp: undefined })],
  ['an end that is no number', 'credential_malformed', () => issuer.sign({ exp: '9999999999' })],
  ['not before later', 'not_yet_valid', () => issuer.sign({ nbf: later(6) })],
  ['issued in the future', 'not_yet_valid', () => issuer.sign({ iat: later(6) })],
  ['no subject', 'credential_malformed', () => issuer.sign({ sub: undefined, client_id: undefined })],
  ['roles that are no list', 'credential_malformed', () => issuer.sign({ roles: { admin: true } })],
  ['a scope that is no text', 'credential_malformed', () => issuer.sign({ scope: 7 })],
  ['bound to something unknown', 'wrong_sender', () => issuer.sign({ cnf: { kid: 'x' } })],
  ['bound to a key, as bearer', 'wrong_sender', () => issuer.sign({ cnf: { jkt: 'x'.repeat(43) } })],
  ['bound to a certificate, without', 'wrong_sender', () => issuer.sign({ cnf: { 'x5t#S256': 'x'.repeat(43) } })],
  ['cnf that is no object', 'wrong_sender', () => issuer.sign({ cnf: 'x' })],
  ['huge', 'credential_malformed', () => issuer.sign({ padding: 'x'.repeat(20_000) })],
  ['a signature of one byte less', 'bad_signature', async () => (await issuer.sign()).slice(0, -2)],
  [
    'a changed payload',
    'bad_signature',
    async () => {
      const [header, , signature] = (await issuer.sign()).split('.');
      return `${header}.${encode(issuer.claims({ roles: ['admin'] }))}.${signature}`;
    },
  ],
];

test.each(HOSTILE)('%s: %s', async (_, code, make) => {
  const verifier = createVerifier(issuer.options);
  await expect(verifier.verifyToken(await make())).rejects.toMatchObject({ name: 'AuthError', code });
  const elsewhere = [...issuer.asked.keys()].filter(
    (path) => !['/jwks', '/.well-known/openid-configuration'].includes(path),
  );
  expect(elsewhere).toEqual([]);
});

test('RSA keys of less than 2048 bits, private keys and shared secrets in the key set are not used', async () => {
  const weak = await startIssuer();
  weak.keys = [
    { kty: 'RSA', kid: 'first', alg: 'RS256', n: 'AQAB'.repeat(40), e: 'AQAB' },
    { kty: 'oct', kid: 'first', k: 'c2VjcmV0' },
    { ...weak.pair.jwk, d: 'AA' },
  ];
  await expect(createVerifier(weak.options).verifyToken(await weak.sign())).rejects.toMatchObject({
    code: 'bad_signature',
  });
});

test('a token without kid is verified where there is one key for it, and refused where there are two', async () => {
  const two = await startIssuer();
  const token = await two.sign({}, { kid: undefined });
  await expect(createVerifier(two.options).verifyToken(token)).resolves.toMatchObject({ subject: 'usr_1' });
  two.keys = [two.pair.jwk, { ...stranger.jwk, kid: 'second' }];
  await expect(createVerifier(two.options).verifyToken(token)).rejects.toMatchObject({ code: 'bad_signature' });
});

test('tokens of an issuer from before RFC 9068 are taken where that is asked for, and nothing else with them', async () => {
  const verifier = createVerifier({ ...issuer.options, tokenType: 'JWT' });
  await expect(verifier.verifyToken(await issuer.sign({}, { typ: 'JWT' }))).resolves.toMatchObject({ type: 'user' });
  await expect(verifier.verifyToken(await issuer.sign({}, { typ: 'logout+jwt' }))).rejects.toMatchObject({
    code: 'wrong_type',
  });
  const hmac = await new SignJWT(issuer.claims()).setProtectedHeader({ alg: 'HS256' }).sign(new Uint8Array(32));
  await expect(verifier.verifyToken(hmac)).rejects.toMatchObject({ code: 'bad_signature' });
});
