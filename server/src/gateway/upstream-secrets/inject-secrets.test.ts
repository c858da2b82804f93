import { describe, expect, test } from 'vitest';
import {
  forwarded,
  head,
  headerMap,
  KEY,
  openFixture,
  outcome,
  route,
  seen,
  weatherRoute,
} from '../gateway.fixture.ts';
import { checkUpstream, upstreamSchema } from '../upstreams/upstream-spec.ts';

const SECRET = 'sk-third-party+/=';
const targets = [{ url: 'http://upstream.test:9000' }];
const upstreamOf = (...secrets: object[]) => ({ targets, secrets });

function open(secrets: object[], values: Record<string, string> = { key: SECRET, other: 'b&c=d' }, slow = false) {
  const spec = upstreamSchema.parse(upstreamOf(...secrets));
  return openFixture({
    slow,
    routes: [route('weather', { ...weatherRoute.spec, upstream: { name: 'third' } })],
    tenant: { upstreams: [{ name: 'third', createdAt: 0, spec }] },
    deps: {
      upstreamSecrets: { secretOf: (_tenant, upstream, name) => (upstream === 'third' ? values[name] : undefined) },
    },
  });
}

const bearer = { name: 'key', header: { name: 'authorization', prefix: 'Bearer ' } };
const inQuery = { name: 'other', query: 'appid' };

describe('a secret of the upstream', () => {
  test('stands in its header, whatever the caller sends there, and the caller’s own credential is gone', async () => {
    const { gateway, records } = open([bearer, { name: 'other', header: { name: 'x-api-token' } }]);
    const headers = ['x-api-token', 'mine', 'x_api_token', 'mine', 'x.api.token', 'mine'];
    const sent = forwarded(await gateway.handler(head('/weather/paris', { credential: KEY, headers })));
    const seen = headerMap(sent.headers);
    expect(seen).toMatchObject({ authorization: `Bearer ${SECRET}`, 'x-api-token': 'b&c=d' });
    expect(seen).not.toHaveProperty(['x_api_token']);
    expect(seen).not.toHaveProperty(['x.api.token']);
    expect(sent.headers.filter((value) => value === 'mine' || value.includes(KEY))).toEqual([]);
    expect(JSON.stringify(records)).not.toContain(SECRET);
  });

  test.for([
    ['/weather/paris', '/weather/paris?appid=b%26c%3Dd'],
    ['/weather/paris?days=3', '/weather/paris?days=3&appid=b%26c%3Dd'],
    ['/weather/paris?appid=mine', '/weather/paris?appid=b%26c%3Dd'],
    ['/weather/paris?appid', '/weather/paris?appid=b%26c%3Dd'],
    ['/weather/paris?a=1&appid=mine&b=2&appid=again', '/weather/paris?a=1&b=2&appid=b%26c%3Dd'],
    ['/weather/paris?%61ppid=mine', '/weather/paris?appid=b%26c%3Dd'],
    ['/weather/paris?APPID=mine', '/weather/paris?appid=b%26c%3Dd'],
    ['/weather/paris?appid[]=mine', '/weather/paris?appid=b%26c%3Dd'],
    ['/weather/paris?appid%5B0%5D=mine', '/weather/paris?appid=b%26c%3Dd'],
    ['/weather/paris?+appid=mine', '/weather/paris?appid=b%26c%3Dd'],
    ['/weather/paris?a=1;appid=mine', '/weather/paris?appid=b%26c%3Dd'],
    ['/weather/paris?my-appid=1', '/weather/paris?my-appid=1&appid=b%26c%3Dd'],
    ['/weather/paris?', '/weather/paris?appid=b%26c%3Dd'],
  ] as const)('stands in the address once: %s', async ([asked, sent]) => {
    const { gateway, records } = open([inQuery]);
    expect(forwarded(await gateway.handler(head(asked, { credential: KEY }))).path).toBe(sent);
    expect(JSON.stringify(records)).not.toContain('b%26c');
  });

  describe('while the upstream is given other targets', () => {
    function opened(slow: boolean) {
      const fixture = open([bearer], { key: SECRET }, slow);
      return Object.assign(fixture, {
        moveAway() {
          const spec = upstreamSchema.parse({ secrets: [bearer], targets: [{ url: 'http://elsewhere.test' }] });
          const [tenant] = fixture.configuration.tenants;
          if (tenant === undefined) throw new Error('no tenant');
          fixture.configuration.tenants = [{ ...tenant, upstreams: [{ name: 'third', createdAt: 0, spec }] }];
          fixture.changed();
        },
        underWay: () => fixture.gateway.upstreams().map(({ inFlight, targets: each }) => [inFlight, each[0]?.inFlight]),
      });
    }

    test('goes to none of them with a request that was on its way', async () => {
      const { gateway, moveAway, underWay } = opened(true);
      const waiting = gateway.handler(head('/weather/paris', { credential: KEY }));
      moveAway();
      const verdict = await waiting;
      expect(seen(verdict)).toMatchObject({ status: 503, problem: { code: 'upstream_unavailable' } });
      verdict.onDone(outcome(503));
      expect(underWay()).toEqual([[0, 0]]);
    });

    test('goes to none of them with another try of a request', async () => {
      const { gateway, moveAway, underWay } = opened(false);
      const verdict = forwarded(await gateway.handler(head('/weather/paris', { credential: KEY })));
      moveAway();
      expect(verdict.retry?.('connect')).toBeUndefined();
      expect(verdict.upstream.origin).toBe('http://upstream.test:9000');
      verdict.onDone(outcome(502, { upstreamFailure: 'connect' }));
      expect(underWay()).toEqual([[0, 0]]);
    });
  });

  test('that changes is in the very next request', async () => {
    const values: Record<string, string> = { key: 'first' };
    const { gateway } = open([bearer], values);
    const authorization = async () =>
      headerMap(forwarded(await gateway.handler(head('/weather/paris', { credential: KEY }))).headers).authorization;
    expect(await authorization()).toBe('Bearer first');
    values.key = 'second';
    expect(await authorization()).toBe('Bearer second');
  });

  test.for([
    ['is not set', {}],
    ['is one of two', { key: SECRET }],
  ] as const)('that %s: nothing is forwarded', async ([, values]) => {
    const { gateway } = open([bearer, inQuery], values);
    const verdict = await gateway.handler(head('/weather/paris', { credential: KEY }));
    expect(verdict).toMatchObject({ kind: 'reply', status: 503 });
    expect(JSON.stringify(verdict)).toContain('upstream_secret_missing');
    expect(gateway.upstreams()).toMatchObject([{ inFlight: 0 }]);
  });

  test('goes to no caller who may not call', async () => {
    const { gateway } = open([bearer]);
    expect(await gateway.handler(head('/weather/paris'))).toMatchObject({ kind: 'reply', status: 401 });
  });
});

describe('refused', () => {
  test.for([
    ['neither header nor query', { name: 'a' }],
    ['both', { name: 'a', header: { name: 'x-key' }, query: 'key' }],
    ...['host', 'content-length', 'transfer-encoding', 'connection', 'cookie', 'via', 'traceparent', 'te'].map(
      (name) => [name, { name: 'a', header: { name } }] as const,
    ),
    ['an identity', { name: 'a', header: { name: 'gatehouse-identity' } }],
    ['an address', { name: 'a', header: { name: 'x-forwarded-for' } }],
    ['a handshake', { name: 'a', header: { name: 'sec-websocket-protocol' } }],
  ] as const)('%s', ([, secret]) => {
    expect(checkUpstream(upstreamSchema.parse(upstreamOf(secret)))).toHaveLength(1);
  });

  test.for([
    ['the same name twice', [bearer, { name: 'key', header: { name: 'x-other' } }]],
    ['the same header twice', [bearer, { name: 'b', header: { name: 'authorization' } }]],
    ['the same parameter twice', [inQuery, { name: 'b', query: 'appid' }]],
  ] as const)('%s', ([, secrets]) => {
    expect(checkUpstream(upstreamSchema.parse(upstreamOf(...secrets)))).toHaveLength(1);
  });

  test.for([
    ['the value itself', { ...bearer, value: 'sk-1' }],
    ['a name with a slash', { name: 'a/b', query: 'k' }],
    ['no name', { query: 'k' }],
    ['a header in upper case', { name: 'a', header: { name: 'X-Key' } }],
    ['two lines', { name: 'a', header: { name: 'x-key', prefix: 'a\r\nb: ' } }],
    ['a parameter with an ampersand', { name: 'a', query: 'a&b' }],
    ['an empty parameter', { name: 'a', query: '' }],
  ] as const)('%s by the schema', ([, secret]) => {
    expect(upstreamSchema.safeParse(upstreamOf(secret)).success).toBe(false);
  });

  test('more than eight', () => {
    const many = Array.from({ length: 9 }, (_, n) => ({ name: `n${n}`, query: `q${n}` }));
    expect(upstreamSchema.safeParse(upstreamOf(...many)).success).toBe(false);
  });
});
