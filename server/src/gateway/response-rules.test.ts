import { describe, expect, test } from 'vitest';
import { forwarded, head, KEY, openFixture, outcome, route, seen, TOKEN, weatherRoute } from './gateway.fixture.ts';
import { addedHeaders } from './response-rules.ts';
import { HOPS_MAX } from './via.ts';

const secured = [route('weather', { ...weatherRoute.spec, securityHeaders: true })];
const NOSNIFF = ['x-content-type-options', 'nosniff'];
const FRAMES = ['content-security-policy', "frame-ancestors 'none'"];
const REFERRER = ['referrer-policy', 'no-referrer'];
const HSTS = ['strict-transport-security', 'max-age=31536000'];

async function added(upstream: Record<string, string>, options: object, more: object): Promise<readonly string[]> {
  const { gateway } = openFixture(options);
  const { responseRules } = forwarded(await gateway.handler(head('/weather/paris', more)));
  return responseRules === undefined ? [] : addedHeaders(responseRules, (name) => upstream[name]);
}

describe('answers to requests with X-API-Key', () => {
  test.each([
    [undefined, true],
    ['max-age=60', true],
    ['no-cache', true],
    ['max-age=60, stale-while-revalidate=5', true],
    ['x-public, notprivate', true],
    ['public, max-age=60', false],
    ['max-age=60,S-MAXAGE=5', false],
    ['must-revalidate', false],
    ['private', false],
    ['private="set-cookie"', false],
    ['no-store', false],
  ])('Cache-Control %s: made private is %s', async (value, made) => {
    const upstream: Record<string, string> = value === undefined ? {} : { 'cache-control': value };
    expect(await added(upstream, {}, { credential: KEY })).toEqual(
      made ? ['cache-control', 'private', 'vary', 'X-API-Key'] : [],
    );
  });

  test.each([
    ['a token', TOKEN],
    ['a key as a bearer', KEY],
  ])('%s in Authorization is left to RFC 9111', async (_what, text) => {
    expect(await added({}, {}, { headers: ['authorization', `Bearer ${text}`] })).toEqual([]);
  });
});

describe('security headers', () => {
  const bearer = { headers: ['authorization', `Bearer ${TOKEN}`] };
  test.each([
    ['nothing', {}, false, [...NOSNIFF, ...FRAMES, ...REFERRER]],
    ['nothing, over https', {}, true, [...NOSNIFF, ...FRAMES, ...REFERRER, ...HSTS]],
    ['its own policy', { 'content-security-policy': "default-src 'self'" }, false, [...NOSNIFF, ...REFERRER]],
    ['who may frame it in the old way', { 'x-frame-options': 'SAMEORIGIN' }, false, [...NOSNIFF, ...REFERRER]],
    ['a weaker HSTS', { 'strict-transport-security': 'max-age=0' }, true, [...NOSNIFF, ...FRAMES, ...REFERRER]],
    ['an empty Referrer-Policy', { 'referrer-policy': '' }, false, [...NOSNIFF, ...FRAMES]],
  ])('where the upstream says %s', async (_what, upstream, encrypted, expected) => {
    expect(await added(upstream, { routes: secured }, { ...bearer, encrypted })).toEqual(expected);
  });

  test('are on refusals as well, and nowhere else', async () => {
    const refused = seen(await openFixture({ routes: secured }).gateway.handler(head('/weather/paris')));
    expect(refused).toMatchObject({ status: 401, headers: { 'x-content-type-options': 'nosniff' } });
    expect(refused.headers).not.toHaveProperty('strict-transport-security');
    const other = seen(await openFixture().gateway.handler(head('/weather/paris')));
    expect(other.headers).not.toHaveProperty('x-content-type-options');
  });
});

describe('loops', () => {
  const times = (count: number, member = '1.1 gatehouse') => Array.from({ length: count }, () => member).join(', ');
  const via = (...values: string[]) =>
    head('/weather/paris', { credential: KEY, headers: values.flatMap((value) => ['via', value]) });
  const sent = (headers: readonly string[]) => headers[headers.indexOf('via') + 1];

  test.each([
    ['none', [], '1.1 gatehouse'],
    ['others alone', ['1.1 nginx, 1.1 varnish (gatehouse)'], '1.1 gatehouse'],
    ['names like ours', [times(9, '1.1 gatehouse2')], '1.1 gatehouse'],
    ['one, among others', ['1.1 nginx', 'HTTP/1.1 gatehouse (x)'], times(2)],
    ['as many as may be', [times(HOPS_MAX)], times(HOPS_MAX + 1)],
  ])('%s: served, and counted on', async (_what, values, expected) => {
    const { headers } = forwarded(await openFixture().gateway.handler(via(...values)));
    expect(sent(headers)).toBe(expected);
    expect(headers.filter((name) => name === 'via')).toHaveLength(1);
  });

  test.each([
    ['one line', [times(HOPS_MAX + 1)]],
    ['many lines', Array.from({ length: HOPS_MAX + 1 }, () => '1.0 GateHouse')],
    ['between others', [times(HOPS_MAX + 1, '1.1 nginx,\t2 gatehouse (b)')]],
  ])('more in %s: 508, recorded', async (_what, values) => {
    const { gateway, records } = openFixture();
    const reply = await gateway.handler(via(...values));
    expect(seen(reply)).toMatchObject({ status: 508, problem: { code: 'loop_detected', title: 'Loop Detected' } });
    reply.onDone(outcome(508));
    expect(records).toMatchObject([{ allowed: false, reason: 'loop_detected' }]);
  });
});
