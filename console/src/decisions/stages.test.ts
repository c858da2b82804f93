import { expect, test } from 'vitest';
import type { AccessRecord } from './answers.ts';
import { stagesOf, stopOf, type Trace } from './stages.ts';
import { decisionWords } from './words.ts';

const record = {
  allowed: false,
  status: 429,
  reason: 'limited',
  route: 'weather',
  principalType: 'api_key',
  principalId: 'key_1',
  credentialType: 'api_key',
  policies: [],
} as unknown as AccessRecord;

const allowed = { allowed: true, reason: 'allowed' } as Trace['decision'];
const refused = (step: string) => [
  { step: 'match', outcome: 'passed' },
  { step, outcome: 'refused' },
  { step: 'forward', outcome: 'not_reached' },
];
const trace = (more: Partial<Trace>): Trace => ({ policies: [], relationships: [], record, ...more });
const nobody = { ...record, principalType: 'anonymous', principalId: 'unknown', credentialType: 'none' };

test.each<[string, string | undefined, Partial<Trace>]>([
  ['a limit after the decision allowed it', 'route', { decision: allowed, steps: refused('limit') }],
  ['a limit, and nothing was kept of the decision', 'route', { steps: refused('limit') }],
  ['a body that is not as described', 'route', { decision: allowed, steps: refused('validate body') }],
  ['a credential that is not accepted', 'credential', { record: nobody, steps: refused('authenticate') }],
  ['a method that the route does not have', 'route', { record: nobody, steps: refused('match') }],
  [
    'a scope that is missing',
    'scopes',
    { record: { ...record, reason: 'missing_scope' }, steps: refused('authorize') },
  ],
  ['a call that went through', undefined, { record: { ...record, allowed: true, status: 200 } }],
])('%s stops at %s', (_, stop, more) => {
  expect(stopOf(trace(more))).toBe(stop);
});

test('what a limit refused has passed all before it', () => {
  const stages = stagesOf(trace({ decision: allowed, steps: refused('limit') }), decisionWords.en);
  const states = Object.fromEntries(stages.map(({ name, state }) => [name, state]));
  expect(states).toMatchObject({ credential: 'passed', principal: 'passed', route: 'stopped', upstream: 'unreached' });
});

test('of whom was never asked nothing is said to have passed', () => {
  const stages = stagesOf(trace({ record: nobody, steps: refused('match') }), decisionWords.en);
  expect(stages.filter(({ state }) => state === 'passed')).toEqual([]);
  expect(stages.find(({ name }) => name === 'principal')?.state).toBe('unreached');
});

test.each([
  ['route_not_found', 'no route matched'],
  ['method_not_allowed', 'none for this method'],
])('without a route it says why: %s', (reason, note) => {
  const stages = stagesOf(
    trace({ record: { ...nobody, reason, route: undefined } as unknown as AccessRecord }),
    decisionWords.en,
  );
  expect(stages.find(({ name }) => name === 'route')?.note).toBe(note);
});
