/** API keys where a route says that they may stand: found, taken out of what is forwarded, and never two of them. */
import { describe, expect, test } from 'vitest';
import { systemRandom } from '#base';
import { mintCredential } from '#keyring';
import { checkRoute } from './check-route.ts';
import {
  forwarded,
  head,
  headerMap,
  KEY,
  openFixture,
  outcome,
  route,
  seen,
  TOKEN,
  weatherRoute,
} from './gateway.fixture.ts';

const basic = (text: string) => ['authorization', `Basic ${Buffer.from(text).toString('base64')}`];
const places = { header: 'apikey', query: 'api_key', basic: true };
const placed = route('weather', { ...weatherRoute.spec, apiKey: places });
const send = (target: string, headers: string[] = [], routes = [placed]) =>
  openFixture({ routes }).gateway.handler(head(target, { headers }));

describe('forwarded without the key', () => {
  test.each<[what: string, target: string, headers: string[], upstream?: string]>([
    ['a header of its own', '/weather/bern', ['apikey', KEY]],
    ['the usual one', '/weather/bern', ['x-api-key', KEY]],
    ['the query', `/weather/bern?api_key=${KEY}`, []],
    ['the query, among others', `/weather/bern?a=1&api_key=${KEY}&b=%20`, [], '/cities/bern?a=1&b=%20'],
    ['the query, encoded', `/weather/bern?%61pi_key=${KEY.replace('_', '%5F')}`, []],
    ['user name of Basic', '/weather/bern', basic(`${KEY}:`)],
    ['Basic in another case', '/weather/bern', ['authorization', basic(`${KEY}:`)[1]?.replace('Basic', 'bAsIc') ?? '']],
    ['a token besides is still one', '/weather/bern', ['authorization', `Bearer ${TOKEN}`]],
  ])('%s', async (_what, target, headers, upstream = '/cities/bern') => {
    const verdict = await send(target, headers);
    expect(seen(verdict).status).toBe(0);
    const { path, headers: sent } = forwarded(verdict);
    expect(path).toBe(upstream);
    expect(JSON.stringify([path, sent])).not.toContain(KEY);
    expect(Object.keys(headerMap(sent))).not.toContain('apikey');
  });
});

/** One as it is issued: what is blotted out is told by its shape. */
const WHOLE = mintCredential('api_key', systemRandom);

test.each<[what: string, target: string]>([
  ['the path', `/weather/${WHOLE}`],
  ['the path, encoded', `/weather/${WHOLE.replace('_', '%5F')}`],
  ['the path of no route', `/elsewhere/${WHOLE}/x`],
  ['a path that is refused', `/weather/%zz/${WHOLE}`],
  ['the query', `/weather/bern?api_key=${WHOLE}`],
])('what is recorded holds no key that stands in %s', async (_what, target) => {
  const { gateway, records } = openFixture({ routes: [placed] });
  const verdict = await gateway.handler(head(target, { headers: ['apikey', KEY] }));
  if (verdict.kind !== 'hold') verdict.onDone(outcome(200));
  expect(records).toHaveLength(1);
  expect(JSON.stringify(records)).not.toContain(WHOLE);
});

describe('refused', () => {
  test.each<[what: string, target: string, headers: string[], status: number, code: string]>([
    ['header and query', `/weather/bern?api_key=${KEY}`, ['apikey', KEY], 400, 'credentials_conflict'],
    ['twice in the query', `/weather/bern?api_key=${KEY}&api_key=${KEY}`, [], 400, 'credentials_conflict'],
    ['once as it is and once encoded', `/weather/bern?api_key=${KEY}&api%5fkey=x`, [], 400, 'credentials_conflict'],
    [
      'key and token',
      '/weather/bern',
      ['apikey', KEY, 'authorization', `Bearer ${TOKEN}`],
      400,
      'credentials_conflict',
    ],
    ['own header and the usual one', '/weather/bern', ['apikey', KEY, 'x-api-key', KEY], 400, 'credentials_conflict'],
    ['Basic with a password', '/weather/bern', basic(`${KEY}:secret`), 401, 'credential_missing'],
    ['the key as password', '/weather/bern', basic(`me:${KEY}`), 401, 'credential_missing'],
    ['Basic of nothing', '/weather/bern', basic(':'), 401, 'credential_missing'],
    ['Basic that is none', '/weather/bern', ['authorization', 'Basic %%'], 401, 'credential_missing'],
    ['an empty key', '/weather/bern?api_key=', [], 401, 'credential_invalid'],
    ['a key with a line break', '/weather/bern?api_key=a%0d%0ab', [], 401, 'credential_invalid'],
    ['a name that only begins so', `/weather/bern?api_key2=${KEY}`, [], 401, 'credential_missing'],
  ])('%s', async (_what, target, headers, status, code) => {
    const { problem, status: answered } = seen(await send(target, headers));
    expect([answered, problem?.code]).toEqual([status, code]);
  });

  test.each([
    ['a header', '/weather/bern', ['apikey', KEY]],
    ['the query', `/weather/bern?api_key=${KEY}`, []],
    ['Basic', '/weather/bern', basic(`${KEY}:`)],
  ])('%s, where the route does not say so', async (_what, target, headers) => {
    expect(seen(await send(target, headers, [weatherRoute])).status).toBe(401);
  });
});

describe('a route can not be applied with', () => {
  test.each<[what: string, apiKey: object, path: string]>([
    ['nothing', {}, 'apiKey'],
    ['a header that never passes', { header: 'x-forwarded-for' }, 'apiKey.header'],
    ['a header that has a meaning', { header: 'authorization' }, 'apiKey.header'],
    ['cookies', { header: 'cookie' }, 'apiKey.header'],
  ])('%s', (_what, apiKey, path) => {
    const spec = route('weather', { ...weatherRoute.spec, apiKey }).spec;
    expect(checkRoute(spec).map((error) => error.path)).toEqual([path]);
  });

  test('places for keys where no keys are accepted', () => {
    const spec = route('weather', {
      ...weatherRoute.spec,
      authenticate: ['access_token'],
      apiKey: { query: 'k' },
    }).spec;
    expect(checkRoute(spec)).toEqual([{ path: 'apiKey', message: 'the route accepts no API keys' }]);
  });

  test.each([{ header: 'API-Key' }, { query: 'a b' }, { query: 'a&b' }, { basic: false }, { cookie: 'k' }])(
    '%j',
    (apiKey) => {
      expect(() => route('weather', { ...weatherRoute.spec, apiKey })).toThrow();
    },
  );
});

test('the preflight of a page lets the header through', async () => {
  const cors = { origins: ['https://shop.test'] };
  const routes = [route('weather', { ...weatherRoute.spec, apiKey: { header: 'apikey' }, cors })];
  const verdict = await openFixture({ routes }).gateway.handler(
    head('/weather/bern', {
      method: 'OPTIONS',
      headers: [
        'origin',
        'https://shop.test',
        'access-control-request-method',
        'GET',
        'access-control-request-headers',
        'apikey',
      ],
    }),
  );
  expect(verdict).toMatchObject({ kind: 'reply', status: 204 });
});
