import { describe, expect, test } from 'vitest';
import { isRegisteredRedirectUri, redirectUriProblem } from './redirect-uri.ts';

describe('may be registered', () => {
  test.each([
    'https://app.example.com/callback',
    'https://app.example.com/callback?tenant=1',
    'http://127.0.0.1/callback',
    'http://127.0.0.1:3000/callback',
    'http://[::1]/callback',
    'http://localhost:8080/callback',
    'com.example.app:/callback',
  ])('%s', (uri) => expect(redirectUriProblem(uri)).toBeUndefined());
});

describe('may not be registered', () => {
  test.each([
    ['', 'absolute'],
    ['/callback', 'absolute'],
    ['app.example.com/callback', 'absolute'],
    ['https://app.example.com/callback#x', 'fragment'],
    ['https://app.example.com/callback#', 'fragment'],
    ['https://*.example.com/callback', 'wildcard'],
    ['https://app.example.com/*', 'wildcard'],
    ['http://app.example.com/callback', 'http'],
    ['http://127.0.0.1.evil.example/callback', 'http'],
    ['http://0.0.0.0/callback', 'http'],
    ['https://user@app.example.com/callback', 'user name'],
    ['https://app.example.com/a/../callback', 'dot segments'],
    ['https://app.example.com/./callback', 'dot segments'],
    ['https://app.example.com\\@evil.example/', 'character'],
    ['https://app.example.com/call back', 'character'],
    ['https://app.exämple.com/callback', 'character'],
    ['https://app.example.com/callback\n', 'character'],
    ['javascript:alert(1)', 'runs in the browser'],
    ['data:text/html,x', 'runs in the browser'],
    ['myapp:/callback', 'without a dot'],
  ])('%j: %s', (uri, reason) => expect(redirectUriProblem(uri)).toContain(reason));
});

describe('matching', () => {
  const registered = ['https://app.example.com/callback', 'http://127.0.0.1/cb', 'http://[::1]:4000/cb?x=1'];

  test.each([
    'https://app.example.com/callback',
    'http://127.0.0.1/cb',
    'http://127.0.0.1:51004/cb',
    'http://[::1]/cb?x=1',
    'http://[::1]:9/cb?x=1',
  ])('matches %s', (uri) =>
    expect(isRegisteredRedirectUri({ type: 'public', redirectUris: registered }, uri)).toBe(true),
  );

  test.each([
    'https://app.example.com/callback/',
    'https://app.example.com/callback?x=1',
    'https://app.example.com/Callback',
    'https://APP.example.com/callback',
    'https://app.example.com:443/callback',
    'https://app.example.com:8443/callback',
    'https://app.example.com/callback#',
    'https://app.example.com/%63allback',
    'https://app.example.com/x/../callback',
    'https://app.example.com.evil.example/callback',
    'https://app.example.com@evil.example/callback',
    'http://app.example.com/callback',
    'http://localhost/cb',
    'http://127.0.0.2/cb',
    'http://127.0.0.1:99999/cb',
    'http://127.0.0.1:80@evil.example/cb',
    'http://127.0.0.1:5/cb#x',
    'http://127.0.0.1:5/other',
    'https://127.0.0.1/cb',
    'http://[::1]:9/cb',
    '',
  ])('refuses %j', (uri) =>
    expect(isRegisteredRedirectUri({ type: 'public', redirectUris: registered }, uri)).toBe(false),
  );

  test('another port is for apps on a device, and not for servers', () => {
    const redirectUris = ['http://127.0.0.1:3000/cb'];
    const uri = 'http://127.0.0.1:4000/cb';
    expect(isRegisteredRedirectUri({ type: 'public', redirectUris }, uri)).toBe(true);
    expect(isRegisteredRedirectUri({ type: 'confidential', redirectUris }, uri)).toBe(false);
    expect(isRegisteredRedirectUri({ type: 'confidential', redirectUris }, 'http://127.0.0.1:3000/cb')).toBe(true);
  });
});
