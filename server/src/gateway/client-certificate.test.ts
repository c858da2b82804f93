/** A certificate of the connection for a credential. */
import { describe, expect, test } from 'vitest';
import { DEFAULT_TENANT_ID } from '#base';
import { checkRoute } from './check-route.ts';
import { forwarded, head, KEY, openFixture, route, seen } from './gateway.fixture.ts';
import type { PeerCertificate } from './peer-certificate.ts';

const CERTIFICATE: PeerCertificate = {
  thumbprint: 'thumb',
  trusted: true,
  name: 'spiffe://example.org/billing',
  notAfter: Date.parse('2026-06-01T00:00:00Z'),
};
const REVOKED: PeerCertificate = { ...CERTIFICATE, trusted: false, refusal: 'revoked' };
const allowed = { allowed: true, reason: 'allowed', summary: '', policies: [], errors: [], policyVersion: 1 } as const;

function open(spec: object, trustedProxies: string[] = []) {
  const only = route('billing', {
    match: { path: '/bills', methods: ['GET'] },
    authorize: { policies: 'required' },
    ...spec,
  });
  return openFixture({ routes: [only], trustedProxies, decide: () => allowed });
}

const ONLY = { authenticate: ['client_certificate'] };
const EITHER = { authenticate: ['api_key', 'client_certificate'] };
const BESIDES = { authenticate: ['api_key'], clientCertificate: 'required' };

describe('who shows a certificate', () => {
  test.each([
    ['one that is trusted', { certificate: CERTIFICATE }, { name: CERTIFICATE.name, thumbprint: 'thumb' }],
    ['one of an authority that is not', { certificate: { ...CERTIFICATE, trusted: false } }, undefined],
    ['one that is over', { certificate: { ...CERTIFICATE, notAfter: 1 } }, undefined],
    ['one that was revoked', { certificate: REVOKED }, undefined],
    ['none', {}, undefined],
  ])('besides an API key: policies see %s', async (_, shown, certificate) => {
    const { gateway, decisions } = open(EITHER);
    forwarded(await gateway.handler(head('/bills', { credential: KEY, ...shown })));
    expect(decisions.map(({ context }) => context.certificate)).toEqual([certificate]);
  });

  test('is the workload that it names', async () => {
    const { gateway, decisions, records } = open(ONLY);
    const verdict = forwarded(await gateway.handler(head('/bills', { certificate: CERTIFICATE })));
    expect(decisions.map(({ principal }) => principal)).toEqual([
      {
        type: 'workload',
        id: 'spiffe://example.org/billing',
        tenantId: DEFAULT_TENANT_ID,
        roles: [],
        scopes: [],
        credential: { type: 'certificate', id: 'thumb', expiresAt: CERTIFICATE.notAfter / 1000 },
      },
    ]);
    verdict.onDone({ status: 200, bytesIn: 0, bytesOut: 0, durationMilliseconds: 1, aborted: false });
    expect(records).toEqual([
      expect.objectContaining({ principalType: 'workload', credentialType: 'certificate', credentialId: 'thumb' }),
    ]);
  });

  test.each<[string, object, object, number, string?, string[]?]>([
    ['none at all', ONLY, {}, 401, 'credential_missing'],
    [
      'one of an unknown authority',
      ONLY,
      { certificate: { ...CERTIFICATE, trusted: false } },
      401,
      'credential_missing',
    ],
    ['one that was revoked', ONLY, { certificate: REVOKED }, 401, 'credential_missing'],
    ['one that was revoked, with a key', BESIDES, { credential: KEY, certificate: REVOKED }, 401, 'credential_missing'],
    ['a key, where the certificate is not asked', EITHER, { credential: KEY, certificate: REVOKED }, 0],
    ['one without a name', ONLY, { certificate: { ...CERTIFICATE, name: '' } }, 401, 'credential_missing'],
    ['one that is over by now', ONLY, { certificate: { ...CERTIFICATE, notAfter: 1 } }, 401, 'credential_missing'],
    ['the one of a proxy', ONLY, { certificate: CERTIFICATE }, 401, 'credential_missing', ['203.0.113.0/24']],
    ['an API key instead', ONLY, { credential: KEY }, 401, 'credential_not_accepted'],
    ['an API key as well', ONLY, { credential: KEY, certificate: CERTIFICATE }, 401, 'credential_not_accepted'],
    [
      'a wrong key as well, where both are taken',
      EITHER,
      { credential: 'gh_live_x', certificate: CERTIFICATE },
      401,
      'credential_invalid',
    ],
    [
      'a certificate alone, where a key is needed besides',
      BESIDES,
      { certificate: CERTIFICATE },
      401,
      'credential_missing',
    ],
    ['a key alone, where a certificate is needed besides', BESIDES, { credential: KEY }, 401, 'credential_missing'],
    ['a certificate where none is taken', {}, { certificate: CERTIFICATE }, 401, 'credential_missing'],
    ['both, where both are needed', BESIDES, { credential: KEY, certificate: CERTIFICATE }, 0],
    ['a key, where either is taken', EITHER, { credential: KEY }, 0],
    ['a certificate, where either is taken', EITHER, { certificate: CERTIFICATE }, 0],
  ])('%s', async (_what, spec, sent, status, code, proxies = []) => {
    const { gateway } = open(spec, proxies);
    const answer = seen(await gateway.handler(head('/bills', sent)));
    expect([answer.status, answer.problem?.code]).toEqual([status, code]);
  });

  test('and where it must be, hears so', async () => {
    const { gateway } = open(BESIDES);
    const answer = seen(await gateway.handler(head('/bills', { credential: KEY })));
    expect(answer.problem).toMatchObject({ reason: 'certificate_missing' });
    expect(answer.problem.detail).toContain('client certificate');
  });

  test.each([
    ['revoked', ONLY, 'was revoked'],
    ['revoked', BESIDES, 'was revoked'],
    ['outdated', ONLY, 'list is over'],
  ] as const)('and one that is %s, hears why', async (refusal, spec, why) => {
    const { gateway } = open(spec);
    const certificate = { ...REVOKED, refusal };
    const sent = spec === ONLY ? { certificate } : { credential: KEY, certificate };
    const answer = seen(await gateway.handler(head('/bills', sent)));
    expect(answer.problem).toMatchObject({ status: 401, reason: 'certificate_revoked' });
    expect(answer.problem.detail).toContain(why);
  });
});

test('scopes can not be asked of a certificate alone', () => {
  const spec = route('x', { match: { path: '/x', methods: ['GET'] }, ...ONLY, authorize: { scopes: ['a'] } }).spec;
  expect(checkRoute(spec).map(({ path }) => path)).toEqual(['authorize']);
});
