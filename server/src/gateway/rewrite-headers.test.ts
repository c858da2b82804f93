import { describe, expect, test } from 'vitest';
import { checkRoute } from './check-route.ts';
import { forwarded, head, headerMap, KEY, openFixture, route, weatherRoute } from './gateway.fixture.ts';
import { routeSchema } from './route-spec.ts';

const specOf = (headers: object) => ({ ...weatherRoute.spec, upstream: { url: 'http://upstream.test:9000', headers } });

describe('headers to the upstream', () => {
  test('are set in the place of what the caller sent, and removed in every spelling', async () => {
    const routes = [
      route('weather', specOf({ set: { 'x-version': '2', 'x-region': 'eu' }, remove: ['x-debug', 'accept-language'] })),
    ];
    const { gateway } = openFixture({ routes });
    const sent = [
      'x-version',
      '9',
      'x_version',
      '8',
      'x-debug',
      '1',
      'x_debug',
      '1',
      'x.debug',
      '1',
      'accept-language',
      'de',
      'accept',
      '*/*',
    ];
    const { headers } = forwarded(await gateway.handler(head('/weather/paris', { credential: KEY, headers: sent })));
    const seen = headerMap(headers);
    expect(seen).toMatchObject({ 'x-version': '2', 'x-region': 'eu', accept: '*/*' });
    for (const gone of ['x_version', 'x-debug', 'x_debug', 'x.debug', 'accept-language'])
      expect(seen).not.toHaveProperty([gone]);
    expect(seen['gatehouse-identity']).toBeDefined();
  });

  test('that the gateway adds itself stay, whatever is removed', async () => {
    const { gateway } = openFixture({
      routes: [route('weather', specOf({ remove: ['via', 'gatehouse-identity', 'forwarded'] }))],
    });
    const seen = headerMap(forwarded(await gateway.handler(head('/weather/paris', { credential: KEY }))).headers);
    for (const kept of ['via', 'gatehouse-identity', 'forwarded', 'gatehouse-decision-id'])
      expect(seen).toHaveProperty([kept]);
  });
});

test('where the service lies is the operator’s to say, and not the caller’s', async () => {
  const { gateway } = openFixture({ routes: [route('weather', specOf({ set: { 'x-script-name': '/app' } }))] });
  expect(checkRoute(routeSchema.parse(specOf({ set: { 'x-script-name': '/app' } })))).toEqual([]);
  for (const name of ['x-script-name', 'x_script_name', 'script_name']) {
    const sent = [name, '/weather'];
    const { headers } = forwarded(await gateway.handler(head('/weather/paris', { credential: KEY, headers: sent })));
    expect(headers.filter((_text, index) => index % 2 === 1)).not.toContain('/weather');
    expect(headerMap(headers)['x-script-name']).toBe('/app');
  }
});

describe('refused', () => {
  test.for([
    ['a secret', { authorization: 'Bearer abc' }],
    ['a cookie', { cookie: 'a=b' }],
    ['an identity', { 'gatehouse-identity': 'me' }],
    ['a user', { 'x-user-id': 'admin' }],
    ['an address', { 'x-forwarded-for': '10.0.0.1' }],
    ['a length', { 'content-length': '5' }],
    ['a framing', { 'transfer-encoding': 'chunked' }],
    ['a host', { host: 'other' }],
    ['a connection', { connection: 'close' }],
    ['another method', { 'x-http-method-override': 'DELETE' }],
  ] as const)('%s', ([, set]) => {
    const errors = checkRoute(routeSchema.parse(specOf({ set })));
    expect(errors.map(({ path }) => path)).toEqual([`upstream.headers.set.${Object.keys(set)[0]}`]);
  });

  test.for([
    ['two lines in one', { set: { 'x-a': 'b\r\nx-c: d' } }],
    ['a space around it', { set: { 'x-a': ' b' } }],
    ['nothing', { set: { 'x-a': '' } }],
    ['no name', { set: { '': 'b' } }],
    ['a name in upper case', { set: { 'X-A': 'b' } }],
    ['a name with an underscore', { set: { x_a: 'b' } }],
    ['a name with a colon', { remove: ['x:a'] }],
    ['more than twenty', { remove: Array.from({ length: 21 }, (_, n) => `x-${n}`) }],
    ['an unknown field', { add: { 'x-a': 'b' } }],
  ] as const)('%s by the schema', ([, headers]) => {
    expect(routeSchema.safeParse(specOf(headers)).success).toBe(false);
  });

  test('set and removed at once', () => {
    const errors = checkRoute(routeSchema.parse(specOf({ set: { 'x-a': 'b' }, remove: ['x-a'] })));
    expect(errors.map(({ path }) => path)).toEqual(['upstream.headers.set.x-a']);
  });
});
