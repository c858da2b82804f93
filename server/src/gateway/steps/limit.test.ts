import { describe, expect, test } from 'vitest';
import {
  decideByScope,
  forwarded,
  head,
  KEY,
  openFixture,
  outcome,
  principal,
  route,
  seen,
  weatherRoute,
} from '../gateway.fixture.ts';

const bearer = (text: string) => ['authorization', `Bearer ${text}`];
describe('pipeline limits', () => {
  const limited = (by: string) =>
    route('weather', { ...weatherRoute.spec, limit: { requests: 2, perSeconds: 10, by } });
  const plans = [{ name: 'free', createdAt: 0, spec: { limits: [{ requests: 3, perSeconds: 60 }] } }];

  test('429 with RateLimit and Retry-After, then 200 again', async () => {
    const { gateway, records } = openFixture({ routes: [limited('credential')] });
    const ask = async (receivedAt: number, more = {}) =>
      seen(await gateway.handler(head('/weather/paris', { credential: KEY, receivedAt, ...more })));
    expect((await ask(0)).headers).toMatchObject({
      'ratelimit-policy': '"route";q=2;w=10',
      ratelimit: '"route";r=1;t=5',
    });
    expect((await ask(0)).headers.ratelimit).toBe('"route";r=0;t=10');
    const refused = await ask(0);
    expect(refused).toMatchObject({
      status: 429,
      headers: { 'retry-after': '5', ratelimit: '"route";r=0;t=5', 'ratelimit-policy': '"route";q=2;w=10' },
      problem: { code: 'request_limit_reached', limit: 'route', retry_after: 5 },
    });
    expect((await ask(5000)).status).toBe(0);
    expect(records).toEqual([]);
  });

  test('the record says which limit of which plan it was, and whose', async () => {
    const { gateway, records } = openFixture({
      tenant: { plans },
      credentials: { [KEY]: principal({ plan: 'free' }) },
    });
    for (let round = 0; round < 4; round += 1) {
      const verdict = await gateway.handler(head('/weather/paris', { credential: KEY, receivedAt: 0 }));
      verdict.onDone(outcome(verdict.kind === 'reply' ? verdict.status : 200));
    }
    expect(records.at(-1)).toMatchObject({
      reason: 'limited',
      notes: 'limit: limited by plan (free), 3 in 60 s by principal (key_1), room again after 20 s',
    });
  });

  test('a new token of the same client is the same caller', async () => {
    const token = (jti: string) =>
      principal({ type: 'client', id: 'demo', credential: { type: 'access_token', id: jti, clientId: 'demo' } });
    const { gateway } = openFixture({
      routes: [limited('credential')],
      credentials: { 'eyJ.1': token('1'), 'eyJ.2': token('2'), 'eyJ.3': token('3') },
    });
    const statuses = [];
    for (const text of ['eyJ.1', 'eyJ.2', 'eyJ.3'])
      statuses.push(seen(await gateway.handler(head('/weather/paris', { headers: bearer(text) }))).status);
    expect(statuses).toEqual([0, 0, 429]);
  });

  test('tokens that were made from a key count as the key, whichever client made them', async () => {
    const made = (id: string, clientId: string) =>
      principal({ id: 'svc_1', credential: { type: 'access_token', id, clientId, apiKeyId: 'key_1' } });
    const other = principal({ id: 'svc_1', credential: { type: 'access_token', id: '3', clientId: 'one' } });
    const { gateway } = openFixture({
      routes: [limited('credential')],
      credentials: { 'eyJ.1': made('1', 'one'), 'eyJ.2': made('2', 'two'), 'eyJ.3': other },
    });
    const ask = async (more: object) => seen(await gateway.handler(head('/weather/paris', more))).status;
    const statuses = [
      await ask({ headers: bearer('eyJ.1') }),
      await ask({ credential: KEY }),
      await ask({ headers: bearer('eyJ.2') }),
      await ask({ credential: KEY }),
      await ask({ headers: bearer('eyJ.3') }),
    ];
    expect(statuses).toEqual([0, 0, 429, 429, 0]);
  });

  test.each(['session', 'certificate'] as const)('a new %s of the same caller is the same caller', async (type) => {
    const credentials = Object.fromEntries(
      ['1', '2', '3'].map((id) => [`eyJ.${id}`, principal({ id: 'user_1', credential: { type, id } })]),
    );
    const { gateway } = openFixture({ routes: [limited('credential')], credentials });
    const statuses = [];
    for (const text of Object.keys(credentials))
      statuses.push(seen(await gateway.handler(head('/weather/paris', { headers: bearer(text) }))).status);
    expect(statuses).toEqual([0, 0, 429]);
  });

  test('addresses of one IPv6 network count as one', async () => {
    const { gateway } = openFixture({ routes: [limited('ip')] });
    const ask = async (remoteAddress: string) =>
      seen(await gateway.handler(head('/weather/paris', { credential: KEY, remoteAddress }))).status;
    expect([
      await ask('2001:db8::1'),
      await ask('2001:db8:0:0:1:2:3:4'),
      await ask('2001:db8::ffff:1'),
      await ask('2001:db8:0:1::1'),
    ]).toEqual([0, 0, 429, 0]);
  });

  test('the plan counts over all routes; the tightest limit is told', async () => {
    const other = route('other', { ...weatherRoute.spec, match: { path: '/other/{city}', methods: ['GET'] } });
    const { gateway } = openFixture({
      routes: [limited('credential'), other],
      tenant: { plans },
      credentials: { [KEY]: principal({ plan: 'free' }) },
    });
    const ask = async (path: string) => seen(await gateway.handler(head(path, { credential: KEY })));
    expect((await ask('/weather/paris')).headers).toMatchObject({
      'ratelimit-policy': '"route";q=2;w=10, "plan";q=3;w=60',
      ratelimit: '"route";r=1;t=5',
    });
    expect((await ask('/weather/paris')).status).toBe(0);
    expect((await ask('/weather/paris')).status).toBe(429);
    expect((await ask('/other/paris')).headers.ratelimit).toBe('"plan";r=0;t=60');
    expect(await ask('/other/paris')).toMatchObject({
      status: 429,
      headers: { 'retry-after': '20' },
      problem: { limit: 'plan' },
    });
  });

  test('a denied request costs nothing', async () => {
    let allowed = false;
    const { gateway } = openFixture({
      routes: [limited('credential')],
      decide: (request) => ({ ...decideByScope(request), allowed, reason: 'nothing_grants' }),
    });
    for (let index = 0; index < 5; index += 1)
      expect(seen(await gateway.handler(head('/weather/paris', { credential: KEY }))).status).toBe(403);
    allowed = true;
    expect(seen(await gateway.handler(head('/weather/paris', { credential: KEY }))).headers.ratelimit).toBe(
      '"route";r=1;t=5',
    );
  });

  test.for([
    ['organization', { organizationId: 'org_1' }, { organizationId: 'org_1' }, { organizationId: 'org_2' }],
    ['organization', { id: 'a' }, { id: 'a' }, { id: 'org_1' }],
    ['principal', { id: 'a' }, { id: 'a' }, { id: 'b' }],
    ['route', { id: 'a' }, { id: 'b' }, undefined],
  ] as const)('by %s: who counts together, and who does not', async ([by, first, second, other]) => {
    const credential = (id: string) => ({ type: 'api_key' as const, id });
    const { organizationId: _, ...nobodys } = principal();
    const who = (id: string, more: object) => ({ ...nobodys, credential: credential(id), ...more });
    const { gateway } = openFixture({
      routes: [limited(by)],
      credentials: { k1: who('k1', first), k2: who('k2', second), k3: who('k3', other ?? {}) },
    });
    const ask = async (key: string) => seen(await gateway.handler(head('/weather/paris', { credential: key }))).status;
    expect([await ask('k1'), await ask('k2'), await ask('k1'), await ask('k2')]).toEqual([0, 0, 429, 429]);
    expect(await ask('k3')).toBe(other === undefined ? 429 : 0);
  });

  test('several at a time: given back when the exchange is over, however it ends', async () => {
    const { gateway } = openFixture({
      routes: [route('weather', { ...weatherRoute.spec, limits: [{ concurrent: 2 }, { requests: 100, per: 'day' }] })],
    });
    const ask = async () => gateway.handler(head('/weather/paris', { credential: KEY }));
    const first = await ask();
    const second = await ask();
    const refused = await ask();
    expect(seen(refused)).toMatchObject({
      status: 429,
      headers: {
        'ratelimit-policy': '"route";q=2;qu="concurrent-requests", "route-2";q=100;w=86400',
        ratelimit: '"route";r=0;t=1',
        'retry-after': '1',
      },
    });
    refused.onDone(outcome(429));
    expect(seen(await ask()).status).toBe(429);
    first.onDone(outcome(499, { aborted: true }));
    first.onDone(outcome(499, { aborted: true }));
    expect(seen(await ask()).status).toBe(0);
    expect(seen(await ask()).status).toBe(429);
    forwarded(second).failure('connect').onDone(outcome(502));
    expect(seen(await ask()).status).toBe(0);
  });

  test('what cannot be counted does not pass where the operator wants that', async () => {
    const unavailable = { allowed: false, remaining: 0, resetSeconds: 1, unavailable: true };
    const { gateway, records } = openFixture({
      routes: [limited('credential')],
      deps: { limiter: { take: ([{ limit }]) => ({ ...unavailable, limit }), release() {} } },
    });
    const verdict = await gateway.handler(head('/weather/paris', { credential: KEY }));
    expect(seen(verdict)).toMatchObject({
      status: 503,
      problem: { code: 'limits_unavailable' },
      headers: { 'retry-after': '1' },
    });
    verdict.onDone(outcome(503));
    expect(records).toMatchObject([{ reason: 'limits_unavailable', allowed: false }]);
  });
});
