import { describe, expect, test } from 'vitest';
import { addressRanges, type CredentialEnvironment, createLogger, type Principal } from '#base';
import { answerCheck } from './beside/ext-authz.ts';
import { checkRoute } from './check-route.ts';
import { head, openFixture, outcome, principal, route, seen } from './gateway.fixture.ts';
import type { BrowserSessions, LiveSession } from './sessions/browser-sessions.ts';
import { browserSessionSchema } from './sessions/session-spec.ts';
import { stepOutcomes } from './step-outcomes.ts';

const PROXY = '10.0.0.1';
const TEST_KEY = 'gh_test_valid';
const LIVE_KEY = 'gh_live_valid';
const FOREIGN_TEST_KEY = 'sk_old_1';
const TEST_TOKEN = 'eyJ.of-a.test-key';
const LIVE_TOKEN = 'eyJ.of-a.live-key';
const ACTING_TOKEN = 'eyJ.of-a-person.by-a-test-key';
const PERSON_TOKEN = 'eyJ.of-a.person';

const key = (environment: CredentialEnvironment) =>
  principal({ credential: { type: 'api_key', id: `key_${environment}`, environment } });
const token = (more: Partial<Principal>, environment?: CredentialEnvironment) =>
  principal({
    ...more,
    credential: { type: 'access_token', id: 'jti', clientId: 'c', ...(environment && { environment }) },
  });
const CREDENTIALS = {
  [TEST_KEY]: key('test'),
  [LIVE_KEY]: key('live'),
  [FOREIGN_TEST_KEY]: key('test'),
  [TEST_TOKEN]: token({}, 'test'),
  [LIVE_TOKEN]: token({}, 'live'),
  [ACTING_TOKEN]: token({ type: 'user', id: 'usr_1', act: { sub: 'key_test' } }, 'test'),
  [PERSON_TOKEN]: token({ type: 'user', id: 'usr_1' }),
};

const live: LiveSession = { id: 'gse_1', userId: 'usr_1', accessToken: TEST_TOKEN, expiresAt: 9e12, csrfToken: 'c' };
const sessions = { find: () => live, end: async () => undefined } as unknown as BrowserSessions;
const shop = { origin: 'https://shop.test', client: 'web', api: 'weather', scopes: ['openid', 'weather:read'] };

function open(environments?: readonly string[], more: object = {}) {
  return openFixture({
    routes: [
      route('weather', {
        match: { path: '/weather/{city}', methods: ['GET'] },
        api: 'weather',
        authenticate: ['api_key', 'access_token', 'session', 'client_certificate'],
        session: 'shop',
        authorize: { scopes: ['weather:read'], ...(environments && { environments }) },
        ...more,
      }),
    ],
    tenant: { sessions: [{ name: 'shop', createdAt: 0, spec: browserSessionSchema.parse(shop) }] },
    credentials: CREDENTIALS,
    trustedProxies: [PROXY],
    deps: { sessions },
  });
}

const bearer = (text: string) => ({ headers: ['authorization', `Bearer ${text}`] });
const cookie = { host: 'shop.test', headers: ['cookie', '__Host-gatehouse_web-shop=good'] };

type Ask = Parameters<typeof head>[1];
const LIVE_ONLY = ['live'];
const TEST_ONLY = ['test'];

test.each<[what: string, environments: string[] | undefined, ask: Ask, refused: CredentialEnvironment | undefined]>([
  ['nothing said: a test key', undefined, { credential: TEST_KEY }, undefined],
  ['nothing said: a live key', undefined, { credential: LIVE_KEY }, undefined],
  ['both said: a test key', ['live', 'test'], { credential: TEST_KEY }, undefined],
  ['both said: a token of a live key', ['test', 'live'], bearer(LIVE_TOKEN), undefined],
  ['live only: a live key', LIVE_ONLY, { credential: LIVE_KEY }, undefined],
  ['live only: a token of a live key', LIVE_ONLY, bearer(LIVE_TOKEN), undefined],
  ['live only: a person', LIVE_ONLY, bearer(PERSON_TOKEN), undefined],
  ['live only: a test key', LIVE_ONLY, { credential: TEST_KEY }, 'test'],
  ['live only: a test key as a bearer', LIVE_ONLY, bearer(TEST_KEY), 'test'],
  ['live only: a test key whose text says nothing of it', LIVE_ONLY, { credential: FOREIGN_TEST_KEY }, 'test'],
  ['live only: a token of a test key', LIVE_ONLY, bearer(TEST_TOKEN), 'test'],
  ['live only: a test key that acts for a person', LIVE_ONLY, bearer(ACTING_TOKEN), 'test'],
  ['live only: a session whose token is of a test key', LIVE_ONLY, cookie, 'test'],
  ['test only: a test key', TEST_ONLY, { credential: TEST_KEY }, undefined],
  ['test only: a token of a test key', TEST_ONLY, bearer(TEST_TOKEN), undefined],
  ['test only: a person', TEST_ONLY, bearer(PERSON_TOKEN), undefined],
  ['test only: a live key', TEST_ONLY, { credential: LIVE_KEY }, 'live'],
  ['test only: a token of a live key', TEST_ONLY, bearer(LIVE_TOKEN), 'live'],
])('%s', async (_, environments, ask, refused) => {
  const fixture = open(environments);
  const { status, problem } = seen(await fixture.gateway.handler(head('/weather/paris', ask)));
  if (refused === undefined) return expect(status).toBe(0);
  expect(problem).toMatchObject({ status: 403, code: 'environment_refused', environment: refused });
  expect(problem.detail).toContain(`This is a ${refused} key, or a token made from one`);
  expect(fixture.decisions).toEqual([]);
});

describe('another program asks', () => {
  test('a proxy is refused as the caller would be', async () => {
    const { gateway } = open(LIVE_ONLY);
    const refused = await gateway.check(head('/weather/paris', { credential: TEST_KEY }));
    expect([refused.status, refused.granted]).toEqual([403, undefined]);
    expect((await gateway.check(head('/weather/paris', { credential: LIVE_KEY }))).granted).toContain(
      'gatehouse-identity',
    );
  });

  test('a proxy can not lead test keys elsewhere, so they are refused and never sent where it sends all', async () => {
    const to = { upstream: { url: 'http://live.test', test: { url: 'http://sandbox.test' } } };
    const { gateway, records } = open(undefined, to);
    const refused = await gateway.check(head('/weather/paris', { credential: TEST_KEY }));
    expect([refused.status, refused.granted]).toEqual([403, undefined]);
    expect(JSON.parse(String(refused.body))).toMatchObject({
      code: 'environment_refused',
      detail: expect.stringContaining('where the proxy in front can not lead them'),
    });
    refused.onDone(outcome(403));
    expect(records).toMatchObject([{ allowed: false, reason: 'environment_refused' }]);
    expect((await gateway.check(head('/weather/paris', { credential: LIVE_KEY }))).status).toBe(200);
  });

  test.each([
    [TEST_KEY, 403],
    [TEST_TOKEN, 403],
    [LIVE_KEY, undefined],
  ])('ext_authz: %s', async (text, status) => {
    const { check, refuse } = open(LIVE_ONLY).gateway;
    const headers = { authorization: `Bearer ${text}`, 'x-user-environment': 'live' };
    const http = { method: 'GET', path: '/weather/paris', host: 'api.test', scheme: 'https', headers };
    const source = { address: { socket_address: { address: '203.0.113.9' } } };
    const answer = await answerCheck(
      { check, refuse, isProxy: addressRanges([PROXY]), log: createLogger({ level: 'silent' }) },
      { attributes: { source, request: { http } } },
      PROXY,
    );
    expect(answer.denied_response?.status.code).toBe(status);
    if (status === undefined) expect(answer.ok_response?.headers_to_remove).toContain('x-user-environment');
  });
});

test('the record has a reason of its own, and its step is authorize', async () => {
  const { gateway, records } = open(LIVE_ONLY);
  const verdict = await gateway.handler(head('/weather/paris', { credential: TEST_KEY }));
  verdict.onDone(outcome(403));
  const [record] = records;
  expect(record).toMatchObject({
    allowed: false,
    reason: 'environment_refused',
    principalId: 'key_1',
    route: 'weather',
  });
  if (record === undefined) throw new TypeError('nothing was recorded');
  expect(stepOutcomes(record).filter(({ outcome: how }) => how === 'refused')).toEqual([
    { step: 'authorize', outcome: 'refused', note: 'environment refused' },
  ]);
});

test.each([
  [TEST_KEY, undefined, 'by test api key'],
  [TEST_KEY, LIVE_ONLY, 'by test api key'],
  [TEST_TOKEN, undefined, 'by test access token'],
  [LIVE_KEY, undefined, 'by api key'],
  [LIVE_TOKEN, undefined, 'by access token'],
  [PERSON_TOKEN, undefined, 'by access token'],
])('who reads the record of a call with %s, on a route for %j, is told: %s', async (text, environments, told) => {
  const { gateway, records } = open(environments);
  const verdict = await gateway.handler(head('/weather/paris', bearer(text)));
  verdict.onDone(outcome(200));
  const [record] = records;
  if (record === undefined) throw new TypeError('nothing was recorded');
  const note = stepOutcomes(record).find(({ step }) => step === 'authenticate')?.note;
  expect(note?.slice(note.indexOf('by '))).toBe(told);
});

test('what steps said of a call with a test key is told as before', () => {
  const record = { decisionId: 'd', tenantId: 't', at: 0, principalType: 'api_key', principalId: 'key_1' };
  const rest = {
    credentialType: 'api_key',
    credentialId: 'key_1',
    method: 'GET',
    path: '/a',
    status: 200,
    policies: [],
  };
  const end = { allowed: true, reason: 'allowed', bytesIn: 0, bytesOut: 0, durationMicros: 0, remoteAddress: '' };
  const steps = stepOutcomes({ ...record, ...rest, ...end, notes: 'environment: test; grant: another carries it' });
  const notes = Object.fromEntries(steps.map(({ step, note }) => [step, note]));
  expect(notes).toMatchObject({ authenticate: 'api key key_1, by test api key', grant: 'another carries it' });
});

test.each<[what: string, spec: object, path: string]>([
  ['nothing', { authorize: { scopes: ['a'], environments: ['live'] } }, ''],
  ['twice the same', { authorize: { scopes: ['a'], environments: ['live', 'live'] } }, 'authorize.environments'],
  [
    'a route without keys',
    { authenticate: ['client_certificate'], authorize: { policies: 'required', environments: ['live'] } },
    'authorize.environments',
  ],
  [
    'an anonymous one',
    { authenticate: ['anonymous'], authorize: { environments: ['live'] } },
    'authorize.environments',
  ],
])('what is wrong with %s', (_, spec, path) => {
  const { spec: read } = route('a', { match: { path: '/a', methods: ['GET'] }, ...spec });
  expect(checkRoute(read).map((error) => error.path)).toEqual(path === '' ? [] : [path]);
});

test.each([[[]], [['staging']], [['Live']], ['live'], [['live', 'test', 'live']]])('%j is refused', (environments) => {
  const spec = { match: { path: '/a', methods: ['GET'] }, authorize: { scopes: ['a'], environments } };
  expect(() => route('a', spec)).toThrow();
});

describe('the upstream learns it', () => {
  const told = {
    upstream: { url: 'http://upstream.test:9000', identityHeaders: { 'x-user-environment': 'environment' } },
  };
  test.each([
    [TEST_KEY, 'test'],
    [LIVE_TOKEN, 'live'],
    [PERSON_TOKEN, undefined],
  ])('of %s: %s, and never from the caller', async (text, expected) => {
    const ask = {
      headers: ['authorization', `Bearer ${text}`, 'x-user-environment', 'live', 'x_user_environment', 'live'],
    };
    const verdict = await open(undefined, told).gateway.handler(head('/weather/paris', ask));
    if (verdict.kind !== 'forward') throw new TypeError(verdict.kind);
    const sent = verdict.headers.filter((_, index) => /^x.user.environment$/.test(verdict.headers[index - 1] ?? ''));
    expect(sent).toEqual(expected === undefined ? [] : [expected]);
  });
});
