import { describe, expect, test } from 'vitest';
import { readChallenge } from './challenge.ts';
import { readIdToken } from './id-token.ts';
import { answerIn, readAnswer } from './read-answer.ts';

const ISSUER = 'https://id.example.com';
const CLIENT = 'board';
const PENDING = { state: 's', nonce: 'n', verifier: 'v', returnTo: '/', silent: false };
const METADATA = { issuer: ISSUER, authorization_endpoint: '', token_endpoint: '' };
const PROMISES = { ...METADATA, authorization_response_iss_parameter_supported: true };
const iss = encodeURIComponent(ISSUER);

const read = (query: string, more: Partial<typeof PENDING> = {}, metadata: typeof METADATA = PROMISES) =>
  readAnswer(new URLSearchParams(query), { ...PENDING, ...more }, metadata);
const codeOf = (work: () => unknown) => {
  try {
    return work();
  } catch (error) {
    return (error as { code?: string }).code;
  }
};

describe('an answer', () => {
  test.each([
    ['the code', `code=c&state=s&iss=${iss}`, 'c'],
    ['no state', `code=c&iss=${iss}`, 'state_mismatch'],
    ['another state', `code=c&state=t&iss=${iss}`, 'state_mismatch'],
    ['an empty state', `code=c&state=&iss=${iss}`, 'state_mismatch'],
    ['no issuer', 'code=c&state=s', 'issuer_mismatch'],
    ['another issuer', 'code=c&state=s&iss=https://evil.example', 'issuer_mismatch'],
    ['an issuer that begins like ours', `code=c&state=s&iss=${iss}.evil.example`, 'issuer_mismatch'],
    ['an error of another issuer', 'error=access_denied&state=s&iss=https://evil.example', 'issuer_mismatch'],
    ['an error', `error=access_denied&state=s&iss=${iss}`, 'access_denied'],
    ['an error and a code', `error=access_denied&code=c&state=s&iss=${iss}`, 'access_denied'],
    ['nobody signed in, when a person was asked', `error=login_required&state=s&iss=${iss}`, 'login_required'],
  ])('with %s', (_, query, outcome) => {
    expect(codeOf(() => read(query))).toBe(outcome);
  });

  test('of a tab that asked nothing', () => {
    expect(codeOf(() => readAnswer(new URLSearchParams('code=c&state=s'), undefined, METADATA))).toBe('state_mismatch');
  });

  test.each(['login_required', 'interaction_required', 'consent_required', 'account_selection_required'])(
    'that nobody was asked for may be %s',
    (error) => {
      expect(codeOf(() => read(`error=${error}&state=s&iss=${iss}`, { silent: true }))).toBeUndefined();
    },
  );

  test('of an issuer that never says who it is (before RFC 9207) needs the state alone', () => {
    expect(codeOf(() => read('code=c&state=s', {}, METADATA))).toBe('c');
    expect(codeOf(() => read('code=c&state=s&iss=https://evil.example', {}, METADATA))).toBe('issuer_mismatch');
  });

  test.each([
    ['https://app.example/callback?code=c&state=s', true],
    ['https://app.example/callback?error=x&state=s', true],
    ['https://app.example/callback?code=c', false],
    ['https://app.example/callback?state=s', false],
    ['https://app.example/other?code=c&state=s', false],
    ['https://app.example.evil/callback?code=c&state=s', false],
    ['https://app.example/callback#code=c&state=s', false],
  ])('is it in %s? %s', (href, is) => {
    expect(answerIn(href, 'https://app.example/callback') !== undefined).toBe(is);
  });
});

describe('an ID token', () => {
  const soon = Math.floor(Date.now() / 1000) + 600;
  const GOOD = { iss: ISSUER, aud: CLIENT, sub: 'usr_1', exp: soon, nonce: 'n', name: 'Zoë 東京' };
  const token = (claims: object) => `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;
  const expected = { issuer: ISSUER, clientId: CLIENT, nonce: 'n' };

  test('says who it is, in any script', () => {
    expect(readIdToken(token(GOOD), expected)).toEqual(GOOD);
  });

  test.each([
    ['another issuer', { iss: 'https://evil.example' }],
    ['another audience', { aud: 'other' }],
    ['ours among others, with nobody named', { aud: [CLIENT, 'other'] }],
    ['ours among others, for another', { aud: [CLIENT, 'other'], azp: 'other' }],
    ['the end long past', { exp: soon - 3600 }],
    ['no end', { exp: undefined }],
    ['another nonce', { nonce: 'm' }],
    ['no nonce', { nonce: undefined }],
    ['nobody', { sub: undefined }],
  ])('with %s is refused', (_, wrong) => {
    expect(codeOf(() => readIdToken(token({ ...GOOD, ...wrong }), expected))).toBe('id_token_invalid');
  });

  test('for ours among others, with us named, is good', () => {
    expect(readIdToken(token({ ...GOOD, aud: [CLIENT, 'other'], azp: CLIENT }), expected).sub).toBe('usr_1');
  });

  test('of a renewal must be about the same person', () => {
    const renewed = { issuer: ISSUER, clientId: CLIENT, sub: 'usr_1' };
    expect(readIdToken(token({ ...GOOD, nonce: undefined }), renewed).sub).toBe('usr_1');
    expect(codeOf(() => readIdToken(token({ ...GOOD, sub: 'usr_2' }), renewed))).toBe('id_token_invalid');
  });

  test.each(['', 'x', 'x.y.z', 'x.bm9qc29u.z'])('%j is none', (text) => {
    expect(codeOf(() => readIdToken(text, expected))).toBe('id_token_invalid');
  });
});

describe('a challenge', () => {
  const challenge = (text?: string) =>
    readChallenge(new Response(null, { status: 401, headers: text === undefined ? {} : { 'www-authenticate': text } }));

  test.each([
    [undefined, undefined, undefined],
    ['Bearer', undefined, undefined],
    ['Bearer realm="a", error="invalid_token"', 'invalid_token', undefined],
    ['DPoP error=use_dpop_nonce', 'use_dpop_nonce', undefined],
    [
      'Bearer error="insufficient_user_authentication", acr_values="aal2", max_age="300"',
      'insufficient_user_authentication',
      { acrValues: 'aal2', maxAgeSeconds: 300 },
    ],
    [
      'Bearer error="insufficient_user_authentication",max_age=5',
      'insufficient_user_authentication',
      { maxAgeSeconds: 5 },
    ],
    ['Bearer error="insufficient_user_authentication", max_age="soon"', 'insufficient_user_authentication', {}],
    ['Bearer error_description="error=invalid_token"', undefined, undefined],
  ])('%s', (text, error, stepUp) => {
    expect(challenge(text)).toEqual({ error, stepUp });
  });
});
