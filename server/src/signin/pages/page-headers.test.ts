import { describe, expect, test } from 'vitest';
import { pageHeaders } from './page-headers.ts';

const formActionOf = (redirectUri: string) =>
  /form-action ([^;]*)/.exec(pageHeaders([redirectUri])['content-security-policy'] ?? '')?.[1];

describe('the policy', () => {
  test('allows our style, our scripts and our forms, and nothing else', () => {
    expect(pageHeaders()['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    );
  });

  test.each([
    ['https://app.example.com/cb?x=1', "'self' https:"],
    ['https://APP.example.com:8443/cb', "'self' https:"],
    ['http://127.0.0.1:51004/cb', "'self' http://127.0.0.1:51004 http://localhost:* http://127.0.0.1:*"],
    ['http://[::1]:51004/cb', "'self' http://[::1]:51004 http://localhost:* http://127.0.0.1:*"],
    ['com.example.app:/cb', "'self' com.example.app:"],
    ['https://user:secret@app.example.com/cb', "'self' https:"],
  ])('%s adds where its form may end', (redirectUri, expected) => expect(formActionOf(redirectUri)).toBe(expected));

  test.each(["https://a.example;script-src 'unsafe-inline'/", 'https://a.example\r\nX: y', 'no uri', ''])(
    'nothing can be added to it through %j',
    (redirectUri) => {
      let policy = '';
      try {
        policy = pageHeaders([redirectUri])['content-security-policy'] ?? '';
      } catch {
        return;
      }
      expect(policy).not.toMatch(/unsafe-inline|[\r\n]/);
      expect(policy.split(';')).toHaveLength(7);
    },
  );
});
