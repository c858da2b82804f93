import { exportJWK, generateKeyPair, type JSONWebKeySet, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { judgeToken } from './judge-token.ts';
import { type ReadToken, readToken } from './read-token.ts';
import { readKeySet, verifySignature } from './verify-signature.ts';
import { jwtWords } from './words.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const SECONDS = NOW / 1000;
const ISSUER = 'https://id.example.com';
const words = jwtWords.en.said;

let keys: JSONWebKeySet;
let sign: (claims: object, header?: object) => Promise<string>;
beforeAll(async () => {
  const pair = await generateKeyPair('ES256');
  keys = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'ES256' }] };
  sign = (claims, header = {}) =>
    new SignJWT({ iss: ISSUER, aud: 'https://api.example.com', exp: SECONDS + 300, iat: SECONDS, ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'k1', typ: 'at+jwt', ...header })
      .sign(pair.privateKey);
});

function read(text: string): ReadToken {
  const reading = readToken(text);
  if (!reading.ok) throw new TypeError(reading.why);
  return reading.token;
}

/** What is bad about it, as an API for that audience would see it. */
async function faults(text: string, more: { audience?: string; issuer?: string; set?: JSONWebKeySet } = {}) {
  const token = read(text);
  const { audience = 'https://api.example.com', issuer = ISSUER, set = keys } = more;
  const signature = await verifySignature(token, set);
  const findings = judgeToken(token, { now: NOW, issuer, audience, signature, relative: () => 'then', words });
  return findings.filter(({ tone }) => tone === 'bad').map(({ text: said }) => said);
}

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a token', () => {
  it('that is good has no fault', async () => {
    expect(await faults(await sign({}))).toEqual([]);
  });

  it.each<[string, object, object, RegExp]>([
    ['expired', { exp: SECONDS - 300 }, {}, /expired then\.$/],
    ['expired a moment ago', { exp: SECONDS - 10 }, {}, /clock skew/],
    ['not good yet', { nbf: SECONDS + 300 }, {}, /not good yet/],
    ['from the future', { iat: SECONDS + 600 }, {}, /in the future/],
    ['that counts milliseconds', { exp: NOW + 300_000 }, {}, /milliseconds/],
    ['for somebody else', { aud: 'https://other.example.com' }, {}, /not for the audience/],
    ['of another issuer', { iss: 'https://evil.example.com' }, {}, /and not by the issuer/],
    ['of a key that is not there', {}, { kid: 'k2' }, /not among the issuer/],
  ])('%s', async (_, claims, header, fault) => {
    const found = await faults(await sign(claims, header));
    expect(found).toEqual([expect.stringMatching(fault)]);
  });

  it('whose claims were changed is told by its signature', async () => {
    const [header = '', , signature = ''] = (await sign({ sub: 'ann' })).split('.');
    const claims = { iss: ISSUER, aud: 'https://api.example.com', exp: SECONDS + 300, sub: 'eve' };
    expect(await faults(`${header}.${part(claims)}.${signature}`)).toEqual([words.signatureBad]);
  });

  it.each([
    ['none', words.algNone],
    ['None', words.algNone],
    ['HS256', words.algShared('HS256')],
    ['XS256', words.algUnknown('XS256')],
  ])('of the algorithm %s', async (alg, fault) => {
    const claims = { iss: ISSUER, aud: 'https://api.example.com', exp: SECONDS + 300 };
    expect(await faults(`${part({ alg, kid: 'k1' })}.${part(claims)}.`)).toContain(fault);
  });

  it('that names no key is verified with each', async () => {
    const other = { ...(await exportJWK((await generateKeyPair('ES256')).publicKey)), alg: 'ES256' };
    const set = { keys: [other, ...keys.keys] };
    expect(await faults(await sign({}, { kid: undefined }), { set })).toEqual([]);
    expect(await faults(await sign({}, { kid: undefined }), { set: { keys: [other, other] } })).toEqual([
      words.signatureBad,
    ]);
  });
});

describe('a text', () => {
  it.each([
    ['', 'notJwt'],
    ['a.b', 'notJwt'],
    ['a.b.c.d.e', 'encrypted'],
    ['gh_live_WxDevogU8nuVVBwUe9VfxOpsYI90e1pMh', 'opaque'],
    ['%.e30.x', 'badHeader'],
    ['bnVsbA.e30.x', 'badHeader'],
    ['e30.W10.x', 'badClaims'],
    ['e30.eyJhIjp.x', 'badClaims'],
  ])('%j is no JWT, and why', (text, why) => {
    expect(readToken(text)).toEqual({ ok: false, why });
  });

  it('is freed of what does not belong to it', async () => {
    const text = await sign({});
    const folded = `Authorization: Bearer ${text.slice(0, 50)}\n  ${text.slice(50)}`;
    expect(read(folded)).toMatchObject({ text, hadBearer: true, hadSpace: true });
  });

  it.each(['', '{', '[]', '{"keys":[]}', '{"keys":{}}', 'null'])('%j is no key set', (text) => {
    expect(readKeySet(text)).toBeUndefined();
  });
});
