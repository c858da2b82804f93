import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { csrfToken, isCsrfToken, isSameOriginPost } from './csrf.ts';

const keyring = {
  mac: (purpose: string, data: string | Uint8Array) => createHmac('sha256', `key ${purpose}`).update(data).digest(),
};
const ISSUER = 'https://auth.example.com';

describe('the token', () => {
  const binding = { sessionId: 'ses_1' };
  test('is believed for what it was made for', () => {
    expect(isCsrfToken(keyring, binding, csrfToken(keyring, binding))).toBe(true);
  });
  test.each([
    ['of another session', csrfToken(keyring, { sessionId: 'ses_2' })],
    ['of a form cookie of the same text', csrfToken(keyring, { formCookie: 'ses_1' })],
    ['made for another purpose', keyring.mac('credential', 'session:ses_1').toString('base64url')],
    ['empty', ''],
    ['absent', undefined],
    ['cut short', csrfToken(keyring, binding).slice(0, -1)],
    ['a list', [csrfToken(keyring, binding)]],
  ])('%s is not', (_, token) => expect(isCsrfToken(keyring, binding, token)).toBe(false));
});

describe('where a post came from', () => {
  test.each([
    ['our page, by a current browser', { origin: ISSUER, secFetchSite: 'same-origin' }, true],
    ['our page, by a browser without fetch metadata', { origin: ISSUER }, true],
    ['our page, Origin left out', { secFetchSite: 'same-origin' }, true],
    ['another site', { origin: 'https://evil.example', secFetchSite: 'cross-site' }, false],
    ['another site, metadata stripped', { origin: 'https://evil.example' }, false],
    ['a sibling host', { origin: 'https://app.example.com', secFetchSite: 'same-site' }, false],
    ['our host over plain http', { origin: 'http://auth.example.com' }, false],
    ['our host on another port', { origin: 'https://auth.example.com:8443' }, false],
    ['a host that begins like ours', { origin: 'https://auth.example.com.evil.example' }, false],
    ['a sandboxed frame', { origin: 'null' }, false],
    ['the two disagree', { origin: ISSUER, secFetchSite: 'cross-site' }, false],
    ['the other way round', { origin: 'https://evil.example', secFetchSite: 'same-origin' }, false],
    ['metadata said twice', { origin: ISSUER, secFetchSite: 'same-origin, cross-site' }, false],
    ['neither header', {}, false],
  ])('%s: %#', (_, headers, expected) => expect(isSameOriginPost(ISSUER, headers)).toBe(expected));
});
