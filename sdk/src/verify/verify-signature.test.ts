/** Node's crypto and Web Crypto say the same of every signature, good or not. */
import { generateKeyPairSync } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import type { IssuerKey } from './key-set.ts';
import { SIGNATURE_ALGORITHMS } from './signature-algorithms.ts';
import { findNodeCrypto, verifyByNode, verifyByWebCrypto, verifySignature } from './verify-signature.ts';

const crypto = findNodeCrypto();
if (crypto === undefined) throw new TypeError('this is Node, and its crypto was not found');
const flip = (text: string, at: number) => `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
const cut = (text: string) => text.lastIndexOf('.') + 1;

describe.each(Object.keys(SIGNATURE_ALGORITHMS))('%s', (alg) => {
  let key: IssuerKey;
  let other: IssuerKey;
  let token: string;
  beforeAll(async () => {
    const [mine, theirs] = await Promise.all([pair(alg), pair(alg)]);
    key = mine.key;
    other = theirs.key;
    token = await new SignJWT({ sub: 'usr_1' }).setProtectedHeader({ alg }).sign(mine.privateKey);
  });

  const CASES: readonly (readonly [name: string, good: boolean, of: () => { text: string; by: IssuerKey }])[] = [
    ['what was signed', true, () => ({ text: token, by: key })],
    ['by another key', false, () => ({ text: token, by: other })],
    ['another header', false, () => ({ text: flip(token, 3), by: key })],
    ['another payload', false, () => ({ text: flip(token, token.indexOf('.') + 3), by: key })],
    ['another signature', false, () => ({ text: flip(token, cut(token) + 3), by: key })],
    ['no signature', false, () => ({ text: token.slice(0, cut(token)), by: key })],
    ['half a signature', false, () => ({ text: token.slice(0, cut(token) + 20), by: key })],
    ['a signature and more', false, () => ({ text: `${token}AAAA`, by: key })],
    ['an empty r and s', false, () => ({ text: token.slice(0, cut(token)) + 'A'.repeat(86), by: key })],
  ];
  test.each(CASES)('%s', async (_, good, of) => {
    const { text, by } = of();
    const ways = [
      async () => verifyByNode(crypto, text, alg, by),
      () => verifyByWebCrypto(text, alg, by),
      () => verifySignature(text, alg, by),
    ];
    const outcomes = await Promise.all(
      ways.map((way) =>
        way().then(
          () => true,
          () => false,
        ),
      ),
    );
    expect(outcomes).toEqual([good, good, good]);
  });
});

test('a point that is not on its curve, and a key that is too short, verify nothing', async () => {
  const { key } = await pair('ES256');
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const broken = [
    { alg: 'ES256', jwk: { ...key.jwk, y: key.jwk.x ?? '' } },
    { alg: 'RS256', jwk: publicKey.export({ format: 'jwk' }) },
    { alg: 'HS256', jwk: key.jwk },
    { alg: 'none', jwk: key.jwk },
    { alg: 'constructor', jwk: key.jwk },
  ];
  for (const { alg, jwk } of broken) {
    await expect(
      verifySignature('e30.e30.AAAA', alg, { kid: 'k', jwk: { ...jwk, kty: jwk.kty ?? '' } }),
    ).rejects.toThrow(TypeError);
  }
});

async function pair(alg: string) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const key: IssuerKey = { kid: 'k', jwk: await exportJWK(publicKey) };
  return { privateKey, key };
}
