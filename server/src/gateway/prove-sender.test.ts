/** Tokens bound to a key or certificate at the gateway (RFC 9449 §7, RFC 8705 §3). */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Verdict } from './exchange.ts';
import { head, KEY, openFixture, principal, seen } from './gateway.fixture.ts';
import type { GatewayOptions } from './gateway-runtime.ts';
import type { AccessTokenVerifier, SenderProofs } from './ports.ts';

const BOUND = 'bound.to.key';
const CERTIFIED = 'bound.to.certificate';
const PLAIN = 'plain.bearer.token';
const DER = Buffer.from('a certificate');
const THUMBPRINT = createHash('sha256').update(DER).digest('base64url');
const CERTIFICATE = `:${DER.toString('base64')}:`;

const holder = principal({ credential: { type: 'access_token', id: 'jti-1', clientId: 'demo' } });
const refusal = (reason: 'wrong_sender' | 'unknown') => ({ ok: false, reason, description: reason }) as const;

/** As the issuer's verifier judges: what is bound needs its key. */
const accessTokens: AccessTokenVerifier = {
  verifyAccessToken(text, { confirmation }) {
    const needed = { [BOUND]: 'k1', [CERTIFIED]: THUMBPRINT, [PLAIN]: undefined };
    if (!(text in needed)) return refusal('unknown');
    if (text === BOUND) return confirmation?.jkt === 'k1' ? { ok: true, principal: holder } : refusal('wrong_sender');
    if (text === CERTIFIED) {
      return confirmation?.['x5t#S256'] === THUMBPRINT ? { ok: true, principal: holder } : refusal('wrong_sender');
    }
    return confirmation?.jkt === undefined ? { ok: true, principal: holder } : refusal('wrong_sender');
  },
};

function open(
  trustedProxies: string[] = [],
  clientCertificatesFrom = trustedProxies,
  revocations?: GatewayOptions['revocations'],
) {
  const asked: object[] = [];
  const used = new Set<string>();
  const proofs: SenderProofs<{ jti: string }> = {
    algs: 'ES256',
    check(text, request) {
      asked.push(request);
      const [jkt = '', jti = ''] = text.split(':');
      return jkt === 'bad' ? { ok: false, problem: 'bad' } : { ok: true, proof: { jkt, jti } };
    },
    firstUse: ({ jti }) => !used.has(jti) && used.add(jti) !== undefined,
  };
  const fixture = openFixture({ trustedProxies, clientCertificatesFrom, revocations, deps: { accessTokens, proofs } });
  const send = async (headers: string[]) => fixture.gateway.handler(head('/weather/paris?x=1', { headers }));
  return { ...fixture, asked, send };
}

const outcome = (verdict: Verdict) =>
  verdict.kind === 'reply' ? [verdict.status, verdict.headers[verdict.headers.indexOf('www-authenticate') + 1]] : 200;

describe('a token bound to a key', () => {
  test.each([
    ['as a bearer token', ['authorization', `Bearer ${BOUND}`, 'dpop', 'k1:a'], 'Send it as `Authorization: DPoP`'],
    ['another key’s proof', ['authorization', `DPoP ${BOUND}`, 'dpop', 'k2:a'], 'not bound to the key of this proof'],
    ['bound to none', ['authorization', `DPoP ${PLAIN}`, 'dpop', 'k1:a'], 'sent as `Authorization: Bearer`'],
  ])('what to do instead is said: %s', async (_, headers, words) => {
    expect(seen(await open().send(headers)).problem.detail).toContain(words);
  });

  test('is good with a proof for this method, address and token, and neither goes upstream', async () => {
    const { send, asked } = open();
    const verdict = await send(['authorization', `DPoP ${BOUND}`, 'dpop', 'k1:a']);
    expect(outcome(verdict)).toBe(200);
    expect(asked).toEqual([
      { method: 'GET', url: expect.stringMatching(/^http:\/\/[^/]+\/weather\/paris$/), accessToken: BOUND },
    ]);
    const names = verdict.kind === 'forward' ? verdict.headers : [];
    expect(names).not.toContain('dpop');
    expect(names).not.toContain('authorization');
  });

  test.each([
    ['as a bearer token', ['authorization', `Bearer ${BOUND}`, 'dpop', 'k1:a'], 'invalid_token'],
    ['without a proof', ['authorization', `DPoP ${BOUND}`], 'invalid_dpop_proof'],
    ['with two proofs', ['authorization', `DPoP ${BOUND}`, 'dpop', 'k1:a', 'dpop', 'k1:b'], 'invalid_dpop_proof'],
    ['with a bad proof', ['authorization', `DPoP ${BOUND}`, 'dpop', 'bad:a'], 'invalid_dpop_proof'],
    ['with a proof by another key', ['authorization', `DPoP ${BOUND}`, 'dpop', 'k2:a'], 'invalid_token'],
    ['a bearer token under the scheme DPoP', ['authorization', `DPoP ${PLAIN}`, 'dpop', 'k1:a'], 'invalid_token'],
  ])('401: %s', async (_, headers, error) => {
    const { send } = open();
    const expected = [401, expect.stringMatching(new RegExp(`^DPoP realm="weather".*error="${error}", algs="ES256"$`))];
    expect(outcome(await send(headers))).toEqual(expected);
  });

  test('401: an API key under the scheme DPoP', async () => {
    const { send } = open();
    expect(outcome(await send(['authorization', 'DPoP gh_live_valid', 'dpop', 'k1:a']))).toEqual([
      401,
      expect.stringMatching(/^Bearer/),
    ]);
  });

  test('401: a proof that was used before; one that was refused for its token was not used', async () => {
    const { send } = open();
    expect(outcome(await send(['authorization', 'DPoP nothing.of.ours', 'dpop', 'k1:a']))).toEqual([
      401,
      expect.any(String),
    ]);
    expect(outcome(await send(['authorization', `DPoP ${BOUND}`, 'dpop', 'k1:a']))).toBe(200);
    expect(outcome(await send(['authorization', `DPoP ${BOUND}`, 'dpop', 'k1:a']))).toEqual([401, expect.any(String)]);
    expect(outcome(await send(['authorization', `DPoP ${BOUND}`, 'dpop', 'k1:b']))).toBe(200);
  });
});

describe('a token bound to a certificate', () => {
  const bearer = ['authorization', `Bearer ${CERTIFIED}`];

  test.each([
    ['seen by a trusted proxy', ['203.0.113.0/24'], [...bearer, 'client-cert', CERTIFICATE], true],
    ['claimed by anyone', [], [...bearer, 'client-cert', CERTIFICATE], false],
    ['from another than a trusted proxy', ['203.0.113.9'], [...bearer, 'client-cert', CERTIFICATE], false],
    ['twice', ['203.0.113.0/24'], [...bearer, 'client-cert', CERTIFICATE, 'client-cert', CERTIFICATE], false],
    ['in another form', ['203.0.113.0/24'], [...bearer, 'client-cert', DER.toString('base64')], false],
    ['another one', ['203.0.113.0/24'], [...bearer, 'client-cert', ':AAAA:'], false],
    ['none', ['203.0.113.0/24'], bearer, false],
  ])('the certificate is %s', async (_, proxies, headers, good) => {
    const { send } = open(proxies);
    expect(outcome(await send(headers)) === 200).toBe(good);
  });

  test.each([
    ['nobody', [], false],
    ['another', ['203.0.113.9'], false],
    ['this one', ['203.0.113.7'], true],
  ])('of the trusted proxies, %s is named as one that tells of certificates', async (_, tells, good) => {
    const { send } = open(['203.0.113.0/24'], tells);
    const verdict = await send([...bearer, 'client-cert', CERTIFICATE]);
    expect(outcome(verdict) === 200).toBe(good);
    const names = verdict.kind === 'forward' ? verdict.headers : [];
    expect(names).not.toContain('client-cert');
  });

  test('what a trusted proxy shows itself binds nothing, whether it tells of certificates or not', async () => {
    const certificate = { thumbprint: THUMBPRINT, trusted: true, name: 'dns:proxy', notAfter: Number.MAX_SAFE_INTEGER };
    const sent = head('/weather/paris', { headers: bearer, certificate });
    const ends = async (proxies: string[], tells: string[]) =>
      outcome(await open(proxies, tells).gateway.handler(sent));
    expect(await ends([], [])).toBe(200);
    expect(await ends(['203.0.113.7'], [])).toEqual([401, expect.any(String)]);
    expect(await ends(['203.0.113.7'], ['203.0.113.7'])).toEqual([401, expect.any(String)]);
  });

  test.each([
    ['from a proxy that tells of certificates', ['203.0.113.7'], 400],
    ['from one that does not: it hands on what callers send', [], 200],
  ])('whatever the credential, two are %s', async (_, tells, status) => {
    const { send, records } = open(['203.0.113.7'], tells);
    const verdict = await send(['x-api-key', KEY, 'client-cert', CERTIFICATE, 'client-cert', CERTIFICATE]);
    if (verdict.kind === 'reply')
      verdict.onDone({ status: 400, bytesIn: 0, bytesOut: 0, durationMilliseconds: 1, aborted: false });
    expect(verdict.kind === 'reply' ? verdict.status : 200).toBe(status);
    expect(records.map(({ reason }) => reason)).toEqual(status === 400 ? ['client_cert_repeated'] : []);
  });

  test.each([
    ['good', true],
    ['unlisted', true],
    ['revoked', false],
    ['outdated', false],
  ] as const)('the lists say of what a proxy has seen: %s', async (standing, good) => {
    const judged: Buffer[] = [];
    const standingOfDer = (der: Uint8Array) => {
      judged.push(Buffer.from(der));
      return standing;
    };
    const { send } = open(['203.0.113.0/24'], ['203.0.113.0/24'], { standingOfDer });
    expect(outcome(await send([...bearer, 'client-cert', CERTIFICATE])) === 200).toBe(good);
    expect(judged).toEqual([DER]);
  });

  test.each([
    [undefined, true],
    ['revoked', false],
    ['outdated', false],
  ] as const)('the one of the connection is refused as %s', async (refusal, good) => {
    const { gateway } = open();
    const certificate = { thumbprint: THUMBPRINT, trusted: false, name: 'x509:CN=a', notAfter: 0, refusal };
    const sent = head('/weather/paris', { headers: bearer, certificate });
    expect(outcome(await gateway.handler(sent)) === 200).toBe(good);
  });
});
