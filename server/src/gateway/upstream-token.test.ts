import { describe, expect, test } from 'vitest';
import {
  type FixtureOptions,
  forwarded,
  head,
  headerMap,
  KEY,
  openFixture,
  principal,
  route,
  seen,
  TOKEN,
} from './gateway.fixture.ts';
import type { TenantConfiguration, UpstreamTokens } from './ports.ts';
import { passableHeaders } from './upstream-headers.ts';

const spec = {
  match: { path: '/orders', methods: ['GET'] },
  api: 'shop',
  authorize: { scopes: ['weather:read'] },
  upstream: { url: 'http://orders.test:8080', accessToken: { api: 'orders', scopes: ['order:place'] } },
};
const apis: TenantConfiguration['apis'] = [
  { name: 'shop', createdAt: 0, spec: { audience: 'https://shop.test' } },
  { name: 'orders', createdAt: 0, spec: { audience: 'http://orders.test:8080' } },
];

function open(tokens: UpstreamTokens['tokenFor'], more: FixtureOptions = {}) {
  return openFixture({
    routes: [route('orders', spec)],
    tenant: { apis },
    ...more,
    deps: { upstreamTokens: { tokenFor: tokens }, ...more.deps },
  });
}
const bearer = ['authorization', `Bearer ${TOKEN}`];
const sent = async (gateway: ReturnType<typeof open>['gateway'], more: Parameters<typeof head>[1]) =>
  headerMap(forwarded(await gateway.handler(head('/orders', more))).headers);

describe('an access token of its own API for the service', () => {
  test.each([
    ['at once', false],
    ['when it was signed', true],
  ])("%s, in the place of the caller's own", async (_, slow) => {
    const asked: unknown[] = [];
    const tokenFor: UpstreamTokens['tokenFor'] = (caller, target) => {
      asked.push([caller.principal.id, caller.accessToken, target]);
      return slow ? Promise.resolve('at.of.caller') : 'at.of.caller';
    };
    const { gateway } = open(tokenFor, { slow });
    const target = { api: 'orders', scopes: ['order:place'] };
    expect(await sent(gateway, { headers: bearer })).toMatchObject({
      authorization: 'Bearer at.of.caller',
      'gatehouse-identity': 'identity of demo for http://orders.test:8080',
    });
    expect(await sent(gateway, { credential: KEY })).toMatchObject({ authorization: 'Bearer at.of.caller' });
    expect(asked).toEqual([
      ['demo', TOKEN, target],
      ['key_1', undefined, target],
    ]);
  });

  test('403 for somebody who can not be told in a token of ours; nothing is forwarded', async () => {
    const { gateway, records } = open(() => undefined, { slow: true });
    const verdict = await gateway.handler(head('/orders', { headers: bearer }));
    expect(seen(verdict)).toMatchObject({ status: 403, problem: { code: 'upstream_token_unavailable' } });
    verdict.onDone({ status: 403, bytesIn: 0, bytesOut: 0, durationMilliseconds: 1, aborted: false });
    expect(records).toMatchObject([{ allowed: false, reason: 'upstream_token_unavailable' }]);
  });

  test.each<[string, TenantConfiguration['apis'][number]['spec'] | undefined, number]>([
    ['where the audience says', { audience: 'http://orders.test:8080/v1' }, 0],
    ['where the API says', { audience: 'urn:orders', servedAt: ['http://orders.test:8080'] }, 0],
    ['another port', { audience: 'http://orders.test:8081' }, 503],
    ['another scheme', { audience: 'https://orders.test:8080' }, 503],
    ['an audience that is no place', { audience: 'urn:orders' }, 503],
    [
      'elsewhere, whatever the audience says',
      { audience: 'http://orders.test:8080', servedAt: ['http://x.test'] },
      503,
    ],
    ['an API that is gone', undefined, 503],
  ])('goes nowhere but where its API is served: %s', async (_, place, status) => {
    const list = apis.filter(({ name }) => name !== 'orders');
    const known = place === undefined ? list : [...list, { name: 'orders', createdAt: 0, spec: place }];
    const fixture = open(() => 'token', { tenant: { apis: known } });
    expect(seen(await fixture.gateway.handler(head('/orders', { credential: KEY }))).status).toBe(status);
    // And as soon as the API says so.
    fixture.configuration.tenants = fixture.configuration.tenants.map((tenant) => ({ ...tenant, apis }));
    fixture.changed();
    expect(seen(await fixture.gateway.handler(head('/orders', { credential: KEY }))).status).toBe(0);
  });

  test("is granted to a proxy beside, which takes out no more than the caller's own", async () => {
    const { gateway } = open(() => 'at.of.caller');
    const reply = await gateway.check(head('/orders', { headers: bearer }));
    expect(reply.granted).toEqual([
      ...['gatehouse-identity', 'identity of demo for http://orders.test:8080'],
      ...['authorization', 'Bearer at.of.caller'],
    ]);
  });
});

test('elsewhere the service never sees a credential', async () => {
  expect(passableHeaders(bearer)).toEqual([]);
  const { gateway } = openFixture({ credentials: { [KEY]: principal() } });
  const { headers } = forwarded(await gateway.handler(head('/weather/paris', { credential: KEY })));
  expect(headerMap(headers).authorization).toBeUndefined();
});
