import { describe, expect, test } from 'vitest';
import type { Decision } from '#base';
import type { RequestHead } from './exchange.ts';
import {
  decideByScope,
  type FixtureOptions,
  head,
  KEY,
  openFixture,
  outcome,
  principal,
  route,
  seen,
  TOKEN,
  weatherRoute,
} from './gateway.fixture.ts';

const bearer = (text: string) => ['authorization', `Bearer ${text}`];
const CHALLENGE = 'Bearer realm="weather", scope="weather:read"';

interface Row {
  what: string;
  request: RequestHead;
  options?: FixtureOptions;
  status: number;
  code: string;
  reason?: string;
  challenge?: string;
}

const tokenOnly = route('weather', { ...weatherRoute.spec, authenticate: ['access_token'] });
const denyAll = (decision: Partial<Decision>) => (request: Parameters<typeof decideByScope>[0]) => ({
  ...decideByScope(request),
  allowed: false,
  ...decision,
});

const REFUSED: Row[] = [
  {
    what: 'an encoded slash',
    request: head('/weather/a%2fb', { credential: KEY }),
    status: 400,
    code: 'path_refused',
    reason: 'encoded_slash',
  },
  {
    what: 'a path that is no path',
    request: head('*', { method: 'OPTIONS' }),
    status: 400,
    code: 'path_refused',
    reason: 'not_a_path',
  },
  {
    what: 'a target that is too long',
    request: head(`/weather/${'a'.repeat(9000)}`),
    status: 414,
    code: 'path_refused',
    reason: 'too_long',
  },
  {
    what: 'a key in both headers',
    request: head('/weather/paris', { credential: KEY, headers: bearer(KEY) }),
    status: 400,
    code: 'credentials_conflict',
    challenge: `${CHALLENGE}, error="invalid_request"`,
  },
  {
    what: 'two Authorization headers',
    request: head('/weather/paris', { headers: [...bearer(TOKEN), ...bearer(TOKEN)] }),
    status: 400,
    code: 'credentials_conflict',
    challenge: `${CHALLENGE}, error="invalid_request"`,
  },
  {
    what: 'two X-API-Key headers',
    request: head('/weather/paris', { credential: KEY, headers: ['x-api-key', KEY] }),
    status: 400,
    code: 'credentials_conflict',
    challenge: `${CHALLENGE}, error="invalid_request"`,
  },
  {
    what: 'Basic beside a key',
    request: head('/weather/paris', { credential: KEY, headers: ['authorization', 'Basic YTpi'] }),
    status: 400,
    code: 'credentials_conflict',
    challenge: `${CHALLENGE}, error="invalid_request"`,
  },
  {
    what: 'no credential',
    request: head('/weather/paris'),
    status: 401,
    code: 'credential_missing',
    challenge: CHALLENGE,
  },
  {
    what: 'a token in the query only',
    request: head(`/weather/paris?access_token=${TOKEN}&api_key=${KEY}`),
    status: 401,
    code: 'credential_missing',
    challenge: CHALLENGE,
  },
  {
    what: 'another scheme',
    request: head('/weather/paris', { headers: ['authorization', 'Basic YTpi'] }),
    status: 401,
    code: 'credential_missing',
    challenge: CHALLENGE,
  },
  {
    what: 'Bearer and nothing',
    request: head('/weather/paris', { headers: ['authorization', 'Bearer'] }),
    status: 401,
    code: 'credential_invalid',
    reason: 'malformed',
    challenge: `${CHALLENGE}, error="invalid_token"`,
  },
  {
    what: 'Bearer with two words',
    request: head('/weather/paris', { headers: bearer('a b') }),
    status: 401,
    code: 'credential_invalid',
    reason: 'malformed',
    challenge: `${CHALLENGE}, error="invalid_token"`,
  },
  {
    what: 'an empty key',
    request: head('/weather/paris', { credential: '' }),
    status: 401,
    code: 'credential_invalid',
    reason: 'malformed',
    challenge: `${CHALLENGE}, error="invalid_token"`,
  },
  {
    what: 'a key of 9000 characters',
    request: head('/weather/paris', { credential: 'a'.repeat(9000) }),
    status: 401,
    code: 'credential_invalid',
    reason: 'malformed',
    challenge: `${CHALLENGE}, error="invalid_token"`,
  },
  {
    what: 'an unknown key',
    request: head('/weather/paris', { credential: 'gh_live_other' }),
    status: 401,
    code: 'credential_invalid',
    reason: 'unknown',
    challenge: `${CHALLENGE}, error="invalid_token"`,
  },
  ...(['expired', 'revoked', 'wrong_audience', 'wrong_issuer', 'bad_signature', 'wrong_type'] as const).map(
    (reason): Row => ({
      what: `a token that is ${reason}`,
      request: head('/weather/paris', { headers: bearer('eyJ.bad') }),
      options: { credentials: { 'eyJ.bad': reason } },
      status: 401,
      code: 'credential_invalid',
      reason,
      challenge: `${CHALLENGE}, error="invalid_token"`,
    }),
  ),
  {
    what: 'a key of another tenant',
    request: head('/weather/paris', { credential: KEY }),
    options: { credentials: { [KEY]: principal({ tenantId: 'ten_other' }) } },
    status: 401,
    code: 'credential_invalid',
    reason: 'unknown',
    challenge: `${CHALLENGE}, error="invalid_token"`,
  },
  {
    what: 'a key where only tokens count',
    request: head('/weather/paris', { credential: KEY }),
    options: { routes: [tokenOnly] },
    status: 401,
    code: 'credential_not_accepted',
    challenge: `${CHALLENGE}, error="invalid_token"`,
  },
  {
    what: 'a key without the scope',
    request: head('/weather/paris', { credential: KEY }),
    options: { credentials: { [KEY]: principal({ scopes: [] }) } },
    status: 403,
    code: 'access_denied',
    reason: 'missing_scope',
    challenge: `${CHALLENGE}, error="insufficient_scope"`,
  },
  {
    what: 'a policy that forbids',
    request: head('/weather/paris', { credential: KEY }),
    options: { decide: denyAll({ reason: 'forbidden_by_policy' }) },
    status: 403,
    code: 'access_denied',
    reason: 'forbidden_by_policy',
  },
  {
    what: 'an engine that fails',
    request: head('/weather/paris', { credential: KEY }),
    options: { decide: denyAll({ reason: 'engine_error' }) },
    status: 503,
    code: 'decision_unavailable',
  },
  {
    what: 'an engine that throws',
    request: head('/weather/paris', { credential: KEY }),
    options: {
      decide: () => {
        throw new Error('broken');
      },
    },
    status: 500,
    code: 'gateway_failed',
  },
  { what: 'no route', request: head('/nowhere', { credential: KEY }), status: 404, code: 'route_not_found' },
  { what: 'no route and no credential', request: head('/nowhere'), status: 404, code: 'route_not_found' },
  { what: 'another case', request: head('/Weather/paris', { credential: KEY }), status: 404, code: 'route_not_found' },
  {
    what: 'a disabled route before a broader one',
    request: head('/weather/paris', { credential: KEY }),
    options: {
      routes: [
        route('weather', { ...weatherRoute.spec, enabled: false }),
        route('all', { match: { path: '/*', methods: ['GET'] }, authorize: { scopes: ['weather:read'] } }),
      ],
    },
    status: 404,
    code: 'route_not_found',
  },
  {
    what: 'a disabled route by another method',
    request: head('/weather/paris', { method: 'PUT' }),
    options: { routes: [route('weather', { ...weatherRoute.spec, enabled: false })] },
    status: 404,
    code: 'route_not_found',
  },
  {
    what: 'a tenant that has no such host',
    request: head('/weather/paris', { credential: KEY }),
    options: { tenant: { hosts: ['other.test'] } },
    status: 404,
    code: 'route_not_found',
  },
  {
    what: 'a method no route has',
    request: head('/weather/paris', { method: 'DELETE', credential: KEY }),
    status: 405,
    code: 'method_not_allowed',
  },
  {
    what: 'a method that does not exist',
    request: head('/weather/paris', { method: 'get', credential: KEY }),
    status: 405,
    code: 'method_not_allowed',
  },
  {
    what: 'a route whose API is gone',
    request: head('/weather/paris', { credential: KEY }),
    options: { tenant: { apis: [] } },
    status: 503,
    code: 'route_unavailable',
  },
  {
    what: 'a plan that is gone',
    request: head('/weather/paris', { credential: KEY }),
    options: { credentials: { [KEY]: principal({ plan: 'gone' }) } },
    status: 503,
    code: 'plan_unavailable',
  },
  {
    what: 'records that can not be kept',
    request: head('/weather/paris', { credential: KEY }),
    options: { deps: { recorder: { record: () => {}, accepting: () => false } } },
    status: 503,
    code: 'recording_unavailable',
  },
  {
    what: 'a gateway that has not heard of revocations for too long',
    request: head('/weather/paris', { credential: KEY }),
    options: { deps: { changes: { silentMilliseconds: () => 900_001 } } },
    status: 503,
    code: 'changes_unheard',
  },
  {
    what: 'a gateway that can not tell how long it has heard nothing',
    request: head('/weather/paris', { credential: KEY }),
    options: { deps: { changes: { silentMilliseconds: () => Number.NaN } } },
    status: 503,
    code: 'changes_unheard',
  },
  {
    what: 'a clock that tells no time',
    request: head('/weather/paris', { credential: KEY }),
    options: { deps: { clock: { now: () => Number.NaN } } },
    status: 500,
    code: 'gateway_failed',
  },
];

describe('pipeline refuses', () => {
  test.each(REFUSED)('$status $what', async ({ request, options, status, code, reason, challenge }) => {
    const { gateway, records } = openFixture(options);
    const verdict = await gateway.handler(request);
    const { headers, problem, status: sent } = seen(verdict);
    expect({ status: sent, code: problem.code }).toEqual({ status, code });
    expect(problem).toMatchObject({
      status,
      title: expect.any(String),
      detail: expect.any(String),
      ...(reason && { reason }),
    });
    expect(problem.decision_id).toBe(headers['gatehouse-decision-id']);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(headers['www-authenticate']).toBe(challenge);
    verdict.onDone(outcome(status));
    const mine = options?.deps?.recorder === undefined && options?.tenant?.hosts === undefined;
    if (mine) {
      expect(records).toMatchObject([{ decisionId: problem.decision_id, status, allowed: false }]);
      expect(JSON.stringify(records)).not.toContain('valid');
    }
  });

  test('nothing for having heard nothing for a while: changes and the database are not waited for', async () => {
    const { gateway } = openFixture({ deps: { changes: { silentMilliseconds: () => 900_000 } } });
    expect((await gateway.handler(head('/weather/paris', { credential: KEY }))).kind).toBe('forward');
  });

  test('405 names the methods', async () => {
    const { gateway } = openFixture();
    expect(seen(await gateway.handler(head('/weather/paris', { method: 'PUT' }))).headers.allow).toBe(
      'GET, HEAD, POST',
    );
  });
});
