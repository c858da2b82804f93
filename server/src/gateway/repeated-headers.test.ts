import { describe, expect, test } from 'vitest';
import { credentialOf } from './credentials.ts';
import type { Forward, RawHeaders, RequestHead } from './exchange.ts';
import { forwarded, head, headerMap, KEY, openFixture, route, weatherRoute } from './gateway.fixture.ts';
import type { KnownHeaders } from './known-headers.ts';

const sent = ['accept', '*/*', 'x-forwarded-for', '203.0.113.9', 'x-user-id', 'admin'];
const all = ({ repeatedHeaders, headers }: Forward) => headerMap([...(repeatedHeaders?.headers ?? []), ...headers]);
const PER_REQUEST = ['gatehouse-decision-id', 'traceparent'];

function withoutOwn(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !PER_REQUEST.includes(name)));
}

const nothingYet = (headers: RawHeaders): KnownHeaders => ({ headers, credential: undefined, passedOn: undefined });
const KNOWN = new Map<RawHeaders, KnownHeaders>();

/** The transport's word that the lines are those of the request before. */
function again(before: RequestHead, more: Partial<RequestHead> = {}): RequestHead {
  const known = KNOWN.get(before.headers) ?? nothingYet(before.headers);
  KNOWN.set(before.headers, known);
  return { ...before, known, ...more };
}

describe('a credential in header lines that are the same as before', () => {
  const known = (scheme: string, text: string) => {
    const headers = ['authorization', `${scheme} ${text}`];
    return { headers, known: nothingYet(headers) };
  };
  const foreign = () => true;

  test('is found once', () => {
    const head = known('Bearer', 'eyJ.a.b');
    const presented = credentialOf(head);
    expect(presented).toEqual({ found: 'one', type: 'access_token', text: 'eyJ.a.b', scheme: 'bearer' });
    expect(credentialOf(head)).toBe(presented);
    expect(credentialOf({ ...head, known: undefined })).not.toBe(presented);
  });

  test('is not that of headers that were changed since', () => {
    const head = known('Bearer', 'eyJ.a.b');
    credentialOf(head);
    expect(credentialOf({ ...head, headers: ['x-api-key', 'other'] })).toMatchObject({ text: 'other' });
    expect(credentialOf({ ...head, headers: [] })).toEqual({ found: 'none' });
    expect(credentialOf(head)).toMatchObject({ text: 'eyJ.a.b' });
  });

  test('is judged by the keys of other systems as they are now', () => {
    const head = known('Bearer', 'abc');
    expect(credentialOf(head)).toMatchObject({ type: 'access_token' });
    expect(credentialOf(head, foreign)).toMatchObject({ type: 'api_key' });
    expect(credentialOf(head)).toMatchObject({ type: 'access_token' });
  });

  test('that was bound and now is a key is malformed', () => {
    const head = known('DPoP', 'abc');
    expect(credentialOf(head)).toMatchObject({ scheme: 'dpop' });
    expect(credentialOf(head, foreign)).toEqual({ found: 'malformed' });
  });
});

describe('header lines that are the same as before', () => {
  const first = head('/weather/paris', { credential: KEY, headers: sent });

  test('give the upstream the same headers, made once, and each request its own id', async () => {
    const { gateway } = openFixture();
    const ask = async (request: RequestHead) => forwarded(await gateway.handler(request));
    const fresh = await ask(first);
    const [second, third] = [await ask(again(first)), await ask(again(first, { target: '/weather/oslo' }))];
    expect(fresh.repeatedHeaders).toBeUndefined();
    expect(third.repeatedHeaders).toBe(second.repeatedHeaders);
    expect(withoutOwn(all(third))).toEqual(withoutOwn(all(fresh)));
    expect(all(third)).not.toHaveProperty('x-user-id');
    expect(new Set([fresh, second, third].map((forward) => all(forward)['gatehouse-decision-id'])).size).toBe(3);
  });

  test.each([
    ['another address', { remoteAddress: '192.0.2.77' }, 'x-forwarded-for', '192.0.2.77'],
    ['TLS', { encrypted: true }, 'x-forwarded-proto', 'https'],
    ['another host in the request line', { host: 'api.example' }, 'x-forwarded-host', 'api.example'],
    ['an older version', { httpVersion: '1.0' }, 'via', '1.0 gatehouse'],
  ] as const)('but with %s the upstream is told of that', async (_what, more, name, value) => {
    const { gateway } = openFixture();
    const ask = async (request: RequestHead) => all(forwarded(await gateway.handler(request)));
    expect((await ask(again(first)))[name]).not.toBe(value);
    expect((await ask(again(first, more)))[name]).toBe(value);
    expect((await ask(again(first)))[name]).not.toBe(value);
  });

  test('tell who calls, and tell it anew as soon as it is told otherwise', async () => {
    const tokens = ['one', 'one', 'two', 'one'];
    const { gateway } = openFixture({ deps: { identity: { identityFor: () => tokens[0] ?? '' } } });
    const told: Forward[] = [];
    for (; tokens.length > 0; tokens.shift()) told.push(forwarded(await gateway.handler(again(first))));
    expect(told.map((forward) => all(forward)['gatehouse-identity'])).toEqual(['one', 'one', 'two', 'one']);
    expect(told[1]?.repeatedHeaders).toBe(told[0]?.repeatedHeaders);
  });

  test('but not where they were changed since', async () => {
    const { gateway } = openFixture();
    const known = again(first);
    const ask = async (request: RequestHead) => all(forwarded(await gateway.handler(request)));
    expect((await ask(known)).accept).toBe('*/*');
    const headers = first.headers.map((value) => (value === '*/*' ? 'text/csv' : value));
    expect((await ask({ ...known, headers })).accept).toBe('text/csv');
    expect((await ask(known)).accept).toBe('*/*');
  });

  test('go through what the route changes, and no further', async () => {
    const changed = route('weather', {
      ...weatherRoute.spec,
      upstream: { url: 'http://upstream.test:9000', headers: { set: { accept: 'text/csv' } } },
    });
    const plain = openFixture();
    const rewriting = openFixture({ routes: [changed] });
    const known = again(first);
    expect(all(forwarded(await plain.gateway.handler(known))).accept).toBe('*/*');
    expect(all(forwarded(await rewriting.gateway.handler(known))).accept).toBe('text/csv');
    expect(all(forwarded(await plain.gateway.handler(known))).accept).toBe('*/*');
  });
});
