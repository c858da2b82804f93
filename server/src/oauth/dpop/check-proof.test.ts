import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { makeKey, signJwt, type TestKey } from '../authentication/assertions.fixture.ts';
import { checkProof } from './check-proof.ts';
import { createGatewayProofs } from './gateway-proofs.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const SECONDS = NOW / 1000;
const key = makeKey('k');
const other = makeKey('o');
const rsa = makeKey('r', 'RS256');
const ed = makeKey('e', 'EdDSA');
const TOKEN = 'the.access.token';
const ath = createHash('sha256').update(TOKEN).digest('base64url');
const REQUEST = { method: 'GET', url: 'https://api.example.com/weather/paris', accessToken: TOKEN };
const CLAIMS = { jti: 'j1', htm: 'GET', htu: REQUEST.url, iat: SECONDS, ath };

const proof = (changes: object = {}, header: object = {}, by: TestKey = key) =>
  signJwt(by, { ...CLAIMS, ...changes }, { typ: 'dpop+jwt', jwk: by.jwk, kid: undefined, ...header });
const ofType = (kty: unknown): [string, string, string] => {
  const jwk = { ...key.jwk, kty, crv: undefined, alg: 'ES256' };
  return ['a key of no type', proof({}, { jwk }), 'jwk'];
};
const check = (text: string) => checkProof(text, REQUEST, ['ES256', 'PS256', 'EdDSA'], NOW);

describe('a DPoP proof (RFC 9449 §4.3)', () => {
  test.each([
    ['as it should be', proof()],
    ['with query and fragment in htu', proof({ htu: `${REQUEST.url}?a=1#b` })],
    ['with the default port and a host in capitals', proof({ htu: 'https://API.example.com:443/weather/paris' })],
    ['with a kid', proof({}, { kid: 'mine' })],
    ['almost a minute old', proof({ iat: SECONDS - 59 })],
    ['from a clock that is a little ahead', proof({ iat: SECONDS + 20 })],
    ['by Ed25519', proof({}, {}, ed)],
  ])('good: %s', (_, text) => {
    expect(check(text)).toMatchObject({ ok: true, proof: { jti: 'j1' } });
  });

  test.each<[string, string, string]>([
    ['another method', proof({ htm: 'POST' }), 'htm'],
    ['a method in lower case', proof({ htm: 'get' }), 'htm'],
    ['another path', proof({ htu: 'https://api.example.com/weather/rome' }), 'htu'],
    ['another host', proof({ htu: 'https://evil.example.com/weather/paris' }), 'htu'],
    ['another scheme', proof({ htu: 'http://api.example.com/weather/paris' }), 'htu'],
    ['no URL', proof({ htu: 'weather' }), 'htu'],
    ['no htu', proof({ htu: undefined }), 'htu'],
    ['another token', proof({ ath: createHash('sha256').update('x').digest('base64url') }), 'ath'],
    ['no ath', proof({ ath: undefined }), 'ath'],
    ['too old', proof({ iat: SECONDS - 61 }), 'iat'],
    ['from the future', proof({ iat: SECONDS + 31 }), 'iat'],
    ['no iat', proof({ iat: undefined }), 'iat'],
    ['iat as text', proof({ iat: String(SECONDS) }), 'iat'],
    ['no jti', proof({ jti: undefined }), 'jti'],
    ['an endless jti', proof({ jti: 'x'.repeat(256) }), 'jti'],
    ['a nonce that is no text', proof({ nonce: 7 }), 'nonce'],
    ['another typ', proof({}, { typ: 'JWT' }), 'typ'],
    ['no typ', proof({}, { typ: undefined }), 'typ'],
    ['no key', proof({}, { jwk: undefined }), 'jwk'],
    ['a private key', proof({}, { jwk: key.privateKey.export({ format: 'jwk' }) }), 'jwk'],
    ['a shared key', proof({}, { jwk: { kty: 'oct', k: 'AAAA' } }), 'jwk'],
    ...['constructor', '__proto__', 'toString', { toString: 1, valueOf: 1 }, ['EC']].map(ofType),
    ['a curve that is no text', proof({}, { jwk: { ...key.jwk, crv: { toString: 1 }, alg: 'ES256' } }), 'jwk'],
    ['the key of somebody else', proof({}, { jwk: other.jwk }), 'signature'],
    ['an algorithm that is not allowed', proof({}, {}, rsa), 'signature'],
    ['alg none', proof({}, { alg: 'none' }), 'signature'],
    ['HS256', proof({}, { alg: 'HS256' }), 'signature'],
    ['crit', proof({}, { crit: ['b64'], b64: false }), 'JWT'],
    ['no JWT', 'proof', 'JWT'],
    ['too long', proof({ more: 'x'.repeat(5000) }), 'JWT'],
  ])('refused: %s', (_, text, words) => {
    const result = check(text);
    expect(result).toMatchObject({ ok: false });
    expect('problem' in result ? result.problem : '').toContain(words);
  });
});

describe('proofs remembered at the gateway', () => {
  const once = (jti: string, expiresAt = NOW + 1000) => ({ jkt: key.jkt, jti, nonce: undefined, expiresAt });

  test('one counts once, and another key has its own', () => {
    const proofs = createGatewayProofs(['ES256']);
    expect([proofs.firstUse(once('a'), NOW), proofs.firstUse(once('a'), NOW)]).toEqual([true, false]);
    expect(proofs.firstUse({ ...once('a'), jkt: other.jkt }, NOW)).toBe(true);
  });

  test('memory is bounded: the oldest go, and the expired go first', () => {
    const proofs = createGatewayProofs(['ES256'], 3);
    for (const jti of ['a', 'b', 'c', 'd']) expect(proofs.firstUse(once(jti), NOW)).toBe(true);
    expect(proofs.firstUse(once('d'), NOW)).toBe(false);
    expect(proofs.firstUse(once('a'), NOW)).toBe(true);
    expect(proofs.firstUse(once('e', NOW + 5000), NOW + 2000)).toBe(true);
    expect(proofs.firstUse(once('e', NOW + 5000), NOW + 2000)).toBe(false);
  });
});
