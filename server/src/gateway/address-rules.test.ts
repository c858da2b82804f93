import { describe, expect, test } from 'vitest';
import { compileAddresses } from './address-rules.ts';
import { forwarded, head, KEY, openFixture, outcome, route, seen, weatherRoute } from './gateway.fixture.ts';

const office = ['192.0.2.0/24', '2001:db8:1::/48', '198.51.100.7'];

describe('addresses of a route', () => {
  test.each([
    ['192.0.2.9', undefined],
    ['198.51.100.7', undefined],
    ['198.51.100.8', 'address_not_allowed'],
    ['192.0.3.1', 'address_not_allowed'],
    ['2001:db8:1:ffff::1', undefined],
    ['2001:0db8:0001:0000:0000:0000:0000:0001', undefined],
    ['2001:db8:2::1', 'address_not_allowed'],
    ['192.0.2.66', 'address_denied'],
    ['::ffff:192.0.2.9', undefined],
    ['::ffff:192.0.2.66', 'address_denied'],
    // The same in hexadecimal, as a proxy may write it.
    ['::ffff:c000:242', 'address_denied'],
    ['::ffff:c000:209', undefined],
    ['::ffff:c633:6408', 'address_not_allowed'],
    ['2001:db8:1::1%eth0', undefined],
    ['fe80::1%eth0', 'address_not_allowed'],
    ['::', 'address_not_allowed'],
    ['', 'address_unknown'],
    ['unix:', 'address_unknown'],
    ['192.0.2.9 ', 'address_unknown'],
    ['192.0.2.009', 'address_unknown'],
    ['192.0.2.9:80', 'address_unknown'],
  ])('%s: %s', (address, refusal) => {
    expect(compileAddresses({ allow: office, deny: ['192.0.2.66'] })(address)).toBe(refusal);
  });

  test.each([
    [{ deny: ['0.0.0.0/0'] }, '203.0.113.1', 'address_denied'],
    [{ deny: ['0.0.0.0/0'] }, '2001:db8::1', undefined],
    [{ deny: ['::/0'] }, '2001:db8::1', 'address_denied'],
    [{ deny: ['192.0.2.1'] }, '', 'address_unknown'],
    // All of IPv6 has IPv4 within it, as ::ffff:0:0/96.
    [{ deny: ['::/0'] }, '203.0.113.1', 'address_denied'],
    [{ allow: ['2000::/3'] }, '203.0.113.1', 'address_not_allowed'],
  ])('%j: %s is %s', (rules, address, refusal) => {
    expect(compileAddresses(rules)(address)).toBe(refusal);
  });
});

describe('a route with addresses', () => {
  const guarded = (addresses: object, more: object = {}) => [
    route('weather', { ...weatherRoute.spec, addresses, ...more }),
  ];
  const elsewhere = { allow: ['192.0.2.0/24'] };

  test.each([
    ['without a credential', undefined],
    ['with one that is good', KEY],
    ['with one that is not', 'gh_live_wrong'],
  ])('answers 403 %s, and does not look at it', async (_what, credential) => {
    const { gateway, records, decisions } = openFixture({
      routes: guarded(elsewhere),
      deps: { apiKeys: { verifyApiKey: () => expect.unreachable('the credential was looked at') } },
    });
    const reply = await gateway.handler(head('/weather/paris', { credential }));
    expect(seen(reply)).toMatchObject({
      status: 403,
      problem: { code: 'address_refused', reason: 'address_not_allowed' },
    });
    expect(seen(reply).headers).not.toHaveProperty('www-authenticate');
    reply.onDone(outcome(403));
    expect(records).toMatchObject([
      { route: 'weather', allowed: false, reason: 'address_not_allowed', remoteAddress: '203.0.113.7' },
    ]);
    expect(decisions).toEqual([]);
  });

  test('serves the others', async () => {
    const { gateway } = openFixture({ routes: guarded({ deny: ['192.0.2.0/24'] }) });
    forwarded(await gateway.handler(head('/weather/paris', { credential: KEY })));
  });

  test('reads the address behind trusted proxies, and believes nobody else', async () => {
    const { gateway } = openFixture({ routes: guarded(elsewhere), trustedProxies: ['10.0.0.1'] });
    const from = (remoteAddress: string, chain: string) =>
      gateway.handler(head('/weather/paris', { credential: KEY, remoteAddress, headers: ['x-forwarded-for', chain] }));
    expect(seen(await from('10.0.0.1', '192.0.2.4')).status).toBe(0);
    expect(seen(await from('10.0.0.1', '192.0.2.4, 203.0.113.9')).status).toBe(403);
    expect(seen(await from('203.0.113.9', '192.0.2.4')).status).toBe(403);
  });

  test('takes no proxy’s address for that of a caller whom it does not name', async () => {
    const inside = guarded({ allow: ['10.0.0.0/8'] });
    const { gateway } = openFixture({ routes: inside, trustedProxies: ['10.0.0.1'] });
    const sent = head('/weather/paris', {
      credential: KEY,
      remoteAddress: '10.0.0.1',
      headers: ['x-forwarded-for', '-'],
    });
    expect(seen(await gateway.handler(sent))).toMatchObject({ status: 403, problem: { reason: 'address_unknown' } });
  });

  test('answers no preflight from elsewhere, and lets the page read why', async () => {
    const origin = 'https://app.test';
    const { gateway } = openFixture({ routes: guarded(elsewhere, { cors: { origins: [origin] } }) });
    const asked = head('/weather/paris', {
      method: 'OPTIONS',
      headers: ['origin', origin, 'access-control-request-method', 'GET'],
    });
    expect(seen(await gateway.handler(asked))).toMatchObject({ status: 403, problem: { code: 'address_refused' } });
    const found = seen(await gateway.handler(head('/weather/paris', { headers: ['origin', origin] })));
    expect(found).toMatchObject({ status: 403, headers: { 'access-control-allow-origin': origin } });
  });
});
