import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { forwarded, head, headerMap, KEY, openFixture, route } from './gateway.fixture.ts';
import { isRemovedHeader, passableHeaders } from './upstream-headers.ts';

describe('what the upstream never sees of the caller', () => {
  test.each([
    // Identity
    'remote-user',
    'x-remote-user',
    'x-user',
    'x-user-id',
    'x-user-email',
    'x-username',
    'x-forwarded-user',
    'x-forwarded-email',
    'x-forwarded-groups',
    'x-forwarded-preferred-username',
    'x-forwarded-access-token',
    'x-auth-request-user',
    'x-auth-request-email',
    'x-auth-user',
    'x-authenticated-userid',
    'x-consumer-id',
    'x-webauth-user',
    'x-pomerium-jwt-assertion',
    'x-goog-authenticated-user-email',
    'x-amzn-oidc-data',
    'x-ms-client-principal',
    'x-client-cert',
    'x-ssl-client-dn',
    'ssl-client-cert',
    'x-forwarded-client-cert',
    'x-roles',
    'x-tenant-id',
    'cf-access-jwt-assertion',
    'cf-access-authenticated-user-email',
    'tailscale-user-login',
    'teleport-jwt-assertion',
    'impersonate-user',
    'impersonate-extra-scopes',
    'x-remote-extra-scopes',
    'oidc-claim-sub',
    'oidc_claim_email',
    'mellon-nameid',
    'shib-identity-provider',
    'x-jwt-assertion',
    'x-jwt-claim-sub',
    'x-appengine-user-email',
    'x-auth',
    'x-forwarded',
    'wl-proxy-client-cert',
    'x-proxy-roles',
    'es-security-runas-user',
    'sudo',
    'x-redmine-switch-user',
    'gatehouse-identity',
    'gatehouse-decision-id',
    'gatehouse-anything',
    // The same to CGI, WSGI and PHP
    'x_forwarded_user',
    'remote_user',
    'x_user_id',
    'gatehouse_identity',
    'x-user_id',
    'x.user.id',
    'x_api_key',
    'content_length',
    // Credential
    'authorization',
    'x-api-key',
    'proxy-authorization',
    // Hop by hop and framing
    'connection',
    'keep-alive',
    'proxy-connection',
    'te',
    'trailer',
    'transfer-encoding',
    'upgrade',
    'content-length',
    'host',
    'expect',
    // Where from
    'forwarded',
    'proxy-client-ip',
    'wl-proxy-client-ip',
    'http_client_ip',
    'http_x_forwarded_for',
    'x-original-for',
    'x-original-forwarded-for',
    'x-azure-clientip',
    'x-forwarded-for',
    'x-forwarded-host',
    'x-forwarded-proto',
    'x-forwarded-port',
    'x-forwarded-prefix',
    'x-real-ip',
    'true-client-ip',
    'cf-connecting-ip',
    'via',
    // Another path or method
    'x-original-url',
    'x-rewrite-url',
    'x-http-method-override',
    'x-middleware-subrequest',
    'proxy',
  ])('%s', (name) => {
    expect(passableHeaders([name, 'x', 'accept', '*/*'])).toEqual(['accept', '*/*']);
  });

  test('any mixture of separators in a removed name is removed', () => {
    const names = fc.constantFrom(
      'x-forwarded-user',
      'x-auth-request-email',
      'remote-user',
      'x-user-id',
      'gatehouse-identity',
    );
    const separators = fc.array(fc.constantFrom('-', '_', '.', '~', '!'), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(names, separators, (name, chosen) => {
        let index = 0;
        expect(isRemovedHeader(name.replaceAll('-', () => chosen[index++] ?? '-'))).toBe(true);
      }),
    );
  });

  test.each([
    'accept',
    'content-type',
    'user-agent',
    'x-request-id',
    'x-custom',
    'idempotency-key',
    'origin',
    'range',
    'if-none-match',
    'accept-language',
    'x-used-by',
  ])('but %s passes', (name) => {
    expect(passableHeaders([name, 'x'])).toEqual([name, 'x']);
  });

  test('what Connection names ends here', () => {
    const sent = [
      'connection',
      'X-Hop, close',
      'x-hop',
      '1',
      'accept',
      '*/*',
      'connection',
      'accept-language',
      'accept-language',
      'de',
    ];
    expect(passableHeaders(sent)).toEqual(['accept', '*/*']);
  });

  test.each([
    ['a=1; b=2', 'a=1; b=2'],
    ['gatehouse_session=gh_ss_x', undefined],
    ['a=1; gatehouse_session=gh_ss_x; b=2', 'a=1; b=2'],
    ['a=1;__Host-gatehouse_session=x;b=2', 'a=1; b=2'],
    ['renamed=gh_ss_abc; b=2', 'b=2'],
  ])('cookies %s become %s', (sent, kept) => {
    expect(passableHeaders(['cookie', sent])).toEqual(kept === undefined ? [] : ['cookie', kept]);
  });
});

describe('what the upstream is told instead', () => {
  const request = (headers: string[], more = {}) => head('/weather/paris', { credential: KEY, headers, ...more });

  test('identity, address and trace come from the gateway alone', async () => {
    const { gateway } = openFixture();
    const sent = request([
      'gatehouse-identity',
      'forged',
      'x-forwarded-for',
      '1.2.3.4',
      'forwarded',
      'for=1.2.3.4',
      'traceparent',
      'nonsense',
      'tracestate',
      'a=b',
    ]);
    const headers = headerMap(forwarded(await gateway.handler(sent)).headers);
    expect(headers).toEqual({
      forwarded: 'for=203.0.113.7;proto=http;host="api.test"',
      'x-forwarded-for': '203.0.113.7',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'api.test',
      via: '1.1 gatehouse',
      traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/),
      'gatehouse-decision-id': expect.stringMatching(/^dec_/),
      'gatehouse-identity': 'identity of key_1 for http://upstream.test:9000',
    });
  });

  const PARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00';
  test.each([
    ['a valid trace', ['traceparent', PARENT, 'tracestate', 'a=1'], true],
    ['a later version', ['traceparent', `01${PARENT.slice(2)}-more`], true],
    ['two parents', ['traceparent', PARENT, 'traceparent', PARENT], false],
    ['upper case', ['traceparent', PARENT.toUpperCase()], false],
    ['version ff', ['traceparent', `ff${PARENT.slice(2)}`], false],
    ['a trace of zeros', ['traceparent', `00-${'0'.repeat(32)}-00f067aa0ba902b7-00`], false],
    ['a parent of zeros', ['traceparent', `00-4bf92f3577b34da6a3ce929d0e0e4736-${'0'.repeat(16)}-00`], false],
  ])('%s', async (_what, sent, kept) => {
    const { gateway } = openFixture();
    const headers = headerMap(forwarded(await gateway.handler(request(sent))).headers);
    expect(headers.traceparent === sent[1]).toBe(kept);
    expect(headers.tracestate).toBe(kept ? sent[3] : undefined);
  });

  test.each([
    ['nobody is trusted', [], '10.0.0.1', '8.8.8.8', '10.0.0.1'],
    ['the peer is a proxy', ['10.0.0.0/8'], '10.0.0.1', '8.8.8.8', '8.8.8.8'],
    ['the caller wrote something first', ['10.0.0.0/8'], '10.0.0.1', '1.1.1.1, 8.8.8.8', '8.8.8.8'],
    ['two proxies', ['10.0.0.0/8'], '10.0.0.1', '1.1.1.1, 8.8.8.8, 10.9.9.9', '8.8.8.8'],
    ['a proxy wrote no address', ['10.0.0.1'], '10.0.0.1', 'unix:', 'unknown'],
    ['a proxy before it wrote none', ['10.0.0.0/8'], '10.0.0.1', '8.8.8.8, -, 10.9.9.9', 'unknown'],
    ['a proxy told the port', ['10.0.0.1'], '10.0.0.1', '8.8.8.8:51234', '8.8.8.8'],
    ['a proxy told the port of IPv6', ['10.0.0.1'], '10.0.0.1', '[2001:db8::1]:51234', '2001:db8::1'],
    ['a proxy wrote brackets', ['10.0.0.1'], '10.0.0.1', '[2001:db8::1]', '2001:db8::1'],
    ['IPv6 ends like a port', ['10.0.0.1'], '10.0.0.1', '2001:db8::51234', 'unknown'],
    ['IPv6 ends like one that could be', ['10.0.0.1'], '10.0.0.1', '2001:db8::5123', '2001:db8::5123'],
    ['IPv4 in IPv6 with a port', ['10.0.0.1'], '10.0.0.1', '[::ffff:8.8.8.8]:1', '8.8.8.8'],
    ['the peer is not the proxy', ['10.0.0.2'], '10.0.0.1', '8.8.8.8', '10.0.0.1'],
    ['IPv4 in IPv6', ['10.0.0.1'], '::ffff:10.0.0.1', '8.8.8.8', '8.8.8.8'],
    ['IPv6', ['fd00::/8'], 'fd00::1', '2001:db8::1', '2001:db8::1'],
  ])('address when %s', async (_what, trustedProxies, remoteAddress, chain, expected) => {
    const { gateway } = openFixture({ trustedProxies });
    const sent = request(['x-forwarded-for', chain, 'x-forwarded-proto', 'https'], { remoteAddress });
    const headers = headerMap(forwarded(await gateway.handler(sent)).headers);
    expect(headers['x-forwarded-for']).toBe(expected);
    const trusted = trustedProxies.length > 0 && !trustedProxies.includes('10.0.0.2');
    expect(headers['x-forwarded-proto']).toBe(trusted ? 'https' : 'http');
    expect(headers.forwarded).toContain(expected.includes(':') ? `for="[${expected}]"` : `for=${expected}`);
  });

  test('an anonymous caller has no identity, and his credential still does not pass', async () => {
    const { gateway, records } = openFixture({
      routes: [route('open', { match: { path: '/*', methods: ['GET'] }, authenticate: ['anonymous'] })],
    });
    const verdict = forwarded(await gateway.handler(request(['authorization', 'Bearer x'])));
    const headers = headerMap(verdict.headers);
    for (const name of ['gatehouse-identity', 'authorization', 'x-api-key']) expect(headers).not.toHaveProperty(name);
    verdict.onDone({ status: 200, bytesIn: 0, bytesOut: 0, durationMilliseconds: 1, aborted: false });
    expect(records).toMatchObject([{ principalType: 'anonymous', credentialType: 'none', allowed: true }]);
  });
});
