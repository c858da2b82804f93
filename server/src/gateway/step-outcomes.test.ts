import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AccessRecord } from '#audit';
import {
  type FixtureOptions,
  forwarded,
  head,
  KEY,
  openFixture,
  outcome,
  principal,
  route,
  TOKEN,
} from './gateway.fixture.ts';
import { STEPS } from './pipeline.ts';
import { STEP_OF_REASON, stepOutcomes } from './step-outcomes.ts';

/** The record of one request, however it ended. */
async function recordOf(request: ReturnType<typeof head>, options: FixtureOptions = {}): Promise<AccessRecord> {
  const { gateway, records } = openFixture(options);
  const verdict = await gateway.handler(request);
  verdict.onDone(outcome(verdict.kind === 'reply' ? verdict.status : 200));
  const [record] = records;
  if (record === undefined) throw new Error('nothing was recorded');
  return record;
}

const weather = { credential: KEY };
const open = (spec: object) => ({ routes: [route('open', { match: { path: '/*', methods: ['GET'] }, ...spec })] });

const preflight = (origin: string) => ['origin', origin, 'access-control-request-method', 'GET'];

describe('the step that ended it, those before, and those behind', () => {
  test.for<[step: string, outcome: string, request: ReturnType<typeof head>, options?: FixtureOptions]>([
    ['accept', 'refused', head('/weather/a', { headers: ['via', '1.1 gatehouse, '.repeat(6).slice(0, -2)] })],
    ['normalise', 'refused', head('/weather/a%2fb', weather)],
    ['match', 'refused', head('/nowhere', weather)],
    ['match', 'refused', head('/weather/a', { ...weather, method: 'PUT' })],
    ['addresses', 'refused', head('/a', weather), open({ addresses: { deny: ['203.0.113.0/24'] } })],
    ['authenticate', 'refused', head('/weather/a')],
    ['authenticate', 'refused', head('/weather/a', { credential: 'gh_live_wrong' })],
    ['authenticate', 'refused', head('/weather/a', { ...weather, headers: ['authorization', `Bearer ${TOKEN}`] })],
    ['authorize', 'refused', head('/weather/a', weather), { credentials: { [KEY]: principal({ scopes: [] }) } }],
    ['limit', 'refused', head('/a', weather), { credentials: { [KEY]: principal({ plan: 'gone' }) }, ...open({}) }],
  ])('%s', async ([step, expected, request, options]) => {
    const steps = stepOutcomes(await recordOf(request, options));
    const place = steps.findIndex((each) => each.step === step);
    expect(steps.map(({ outcome: how }) => how)).toEqual(
      steps.map((_, index) => {
        if (index === steps.length - 1 || index < place) return 'passed';
        return index === place ? expected : 'not_reached';
      }),
    );
    expect(steps[place]?.note).toBeDefined();
  });

  test.for<[words: string, request: ReturnType<typeof head>, options?: FixtureOptions]>([
    [
      'limited by route, 1 in 60 s by credential (key_1), room again after 60 s',
      head('/a', weather),
      open({ limit: { requests: 1, perSeconds: 60 } }),
    ],
    [
      'authentication insufficient, the route asks for acr aal2 and a sign-in of the last 300 s, the credential knows of no sign-in',
      head('/a', weather),
      open({ authorize: { scopes: ['weather:read'], acr: ['aal2'], maxAgeSeconds: 300 } }),
    ],
    [
      'cors origin, asked for https://b.example',
      head('/a', { method: 'OPTIONS', headers: preflight('https://b.example') }),
      open({ cors: { origins: ['https://a.example'] } }),
    ],
    [
      'cors origin, asked for something unreadable',
      head('/a', { method: 'OPTIONS', headers: preflight('x; limit: passed') }),
      open({ cors: { origins: ['https://a.example'] } }),
    ],
    [
      'cors header, asked for x-other',
      head('/a', {
        method: 'OPTIONS',
        headers: [...preflight('https://a.example'), 'access-control-request-headers', 'x-other'],
      }),
      open({ cors: { origins: ['https://a.example'] } }),
    ],
    [
      'credential not accepted, the route takes access_token',
      head('/a', weather),
      open({ api: 'weather', authenticate: ['access_token'] }),
    ],
  ])('tells what it saw, and what it asked for: %s', async ([words, request, options = {}]) => {
    const { gateway, records } = openFixture(options);
    for (let round = 0; round < 2; round += 1) {
      const verdict = await gateway.handler(request);
      verdict.onDone(outcome(verdict.kind === 'reply' ? verdict.status : 200));
    }
    const steps = stepOutcomes(records.at(-1) ?? BASE);
    expect(steps.find(({ outcome: how }) => how === 'refused')?.note).toBe(words);
    expect(steps.filter(({ outcome: how }) => how === 'refused')).toHaveLength(1);
  });

  test('a preflight is answered by cors', async () => {
    const headers = ['origin', 'https://a.example', 'access-control-request-method', 'GET'];
    const request = head('/a', { method: 'OPTIONS', headers });
    const steps = stepOutcomes(await recordOf(request, open({ cors: { origins: ['https://a.example'] } })));
    expect(steps.find(({ outcome: how }) => how === 'answered')?.step).toBe('cors');
  });

  test('all the way, with what is known of each', async () => {
    const steps = stepOutcomes(await recordOf(head('/weather/paris', weather)));
    expect(steps.map(({ step }) => step)).toEqual([...STEPS.map(({ name }) => name), 'record']);
    expect(new Set(steps.map(({ outcome: how }) => how))).toEqual(new Set(['passed']));
    expect(Object.fromEntries(steps.map(({ step, note }) => [step, note]))).toMatchObject({
      normalise: '/weather/paris',
      match: 'route weather',
      authenticate: 'api key key_1, by api key',
      forward: 'http://upstream.test:9000',
      record: '200, 0 bytes in, 0 out, 1.0 ms',
    });
  });

  test('let through, and nothing good came back', async () => {
    const { gateway, records } = openFixture();
    const verdict = forwarded(await gateway.handler(head('/weather/paris', weather)));
    verdict.onDone(outcome(502, { upstreamFailure: 'connect' }));
    const [record] = records;
    expect(record && stepOutcomes(record).find(({ step }) => step === 'forward')).toEqual({
      step: 'forward',
      outcome: 'failed',
      note: 'upstream connect, http://upstream.test:9000',
    });
  });

  test('a step that failed can be any: nothing is claimed of any', async () => {
    const decide = () => {
      throw new Error('broken');
    };
    const steps = stepOutcomes(await recordOf(head('/weather/paris', weather), { decide }));
    expect(new Set(steps.slice(0, -1).map(({ outcome: how }) => how))).toEqual(new Set(['unknown']));
  });

  test('the body is looked at behind authorize and limit', () => {
    const record = { ...BASE, reason: 'request_invalid' };
    const ended = (notes: string) => stepOutcomes({ ...record, notes }).find(({ outcome: how }) => how === 'refused');
    expect(ended('validate: refused: path id must be integer')?.step).toBe('validate');
    expect(ended('validate: refused: body is required, as application/json')?.step).toBe('validate');
    expect(ended('validate: refused: body #/quantity must be integer')?.step).toBe('validate body');
  });

  test('what a proxy asked, and carries itself', () => {
    const steps = stepOutcomes({
      ...BASE,
      allowed: true,
      reason: 'allowed',
      notes: 'grant: another program carries it',
    });
    expect(steps.map(({ step }) => step)).toContain('as sent');
    expect(steps.at(-2)).toEqual({ step: 'grant', outcome: 'passed', note: 'another program carries it' });
  });

  test.each(['limited', 'session_forged', 'session_unavailable'])('%s at the paths of a session', (reason) => {
    expect(stepOutcomes({ ...BASE, reason }).find(({ outcome: how }) => how === 'refused')?.step).toBe('sessions');
  });
});

const BASE: AccessRecord = {
  ...{ decisionId: 'dec_1', tenantId: 'ten_1', at: 0, principalType: 'anonymous', principalId: 'unknown' },
  ...{ credentialType: 'none', credentialId: '', method: 'GET', path: '/', status: 400, allowed: false },
  ...{ reason: 'malformed', policies: [], bytesIn: 0, bytesOut: 0, durationMicros: 0, remoteAddress: '' },
};

/** Reasons that no step of the array owns. */
const ELSEWHERE = new Set(['allowed', 'gateway_failed']);

test('every reason that stands in the code belongs to a step', () => {
  const sources = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.includes('.test.') && !path.includes('.fixture.'))
    .map((path) => readFileSync(join(import.meta.dirname, path), 'utf8'));
  const reasons = sources.flatMap((text) =>
    [...text.matchAll(/exchange\.reason = '([a-z_]+)'/g)].map(([, it]) => it ?? ''),
  );
  expect(reasons.length).toBeGreaterThan(20);
  expect(reasons.filter((reason) => !STEP_OF_REASON.has(reason) && !ELSEWHERE.has(reason))).toEqual([]);
  const decided = ['missing_scope', 'missing_role', 'forbidden_by_policy', 'no_policy_permits', 'nothing_grants'];
  expect(decided.map((reason) => STEP_OF_REASON.get(reason))).toEqual(decided.map(() => 'authorize'));
});
