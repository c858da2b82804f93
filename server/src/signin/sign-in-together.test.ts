import { afterAll, beforeAll, expect, test } from 'vitest';
import { listEvents } from '#audit';
import { resolveSession } from './resolve-session.ts';
import { openPasswordSignIn, type SignInDeps, type SignInWithPassword } from './sign-in-with-password.ts';
import { device, openSignin, tenantId } from './signin.fixture.ts';
import { databaseCounters } from './throttle/database-counters.ts';
import { createSignInThrottle } from './throttle/sign-in-throttle.ts';

let room: Awaited<ReturnType<typeof openSignin>>;
const PASSWORD = 'violet kettle marches north';
const people = Array.from({ length: 5 }, (_, index) => `person${index}@example.com`);
/** Scopes of the transactions that were opened, by whether they write. */
let opened: { tenantId: string; writes: boolean }[];
let signIn: SignInWithPassword;

beforeAll(async () => {
  room = await openSignin();
  for (const email of people) await room.addUser(email, PASSWORD);
  opened = [];
  const transaction: SignInDeps['store']['transaction'] = (scope, work, options) => {
    opened.push({ tenantId: 'tenantId' in scope ? scope.tenantId : '', writes: options?.readOnly !== true });
    return room.store.transaction(scope, work, options);
  };
  const deps = { ...room.deps, store: { transaction } };
  const throttle = createSignInThrottle({ clock: room.clock, counters: databaseCounters(deps) });
  signIn = openPasswordSignIn({ ...deps, throttle });
});
afterAll(() => room.close());

const attempt = (email: string, password = PASSWORD, more = {}) =>
  signIn({ tenantId, email, password, device, ...more }).then(
    (outcome) => (outcome.kind === 'done' ? outcome.session.userId : outcome.kind),
    (error) => error.code,
  );

test('many at once share their transactions, and each gets its own answer', async () => {
  opened.length = 0;
  const outcomes = await Promise.all([
    ...people.map((email) => attempt(email)),
    ...['nobody@example.com', people[0] ?? ''].map((email) => attempt(email, 'wrong wrong wrong')),
    attempt(people[1] ?? '', PASSWORD, { tenantId: 'ten_99999999999999999999999999' }),
  ]);
  expect(new Set(outcomes.slice(0, 5)).size).toBe(5);
  expect(outcomes.slice(0, 5)).toEqual(people.map(() => expect.stringMatching(/^usr_/)));
  expect(outcomes.slice(5)).toEqual(['sign_in_failed', 'sign_in_failed', 'sign_in_failed']);
  // Of each tenant one that reads; then one for those who are in, and one for those who are not.
  expect(opened.filter(({ writes }) => !writes)).toHaveLength(2);
  expect(opened.filter(({ writes }) => writes)).toHaveLength(3);
  const { items } = await listEvents(room.deps, { tenantId, type: 'user.sign_in_failed', limit: 10 });
  expect(items.map(({ target }) => target.id).toSorted()).toEqual([outcomes[0], 'unknown'].toSorted());
});

test('failures that are counted together count one by one', async () => {
  const guesses = Array.from({ length: 5 }, () => attempt('guessed@example.com', 'wrong wrong wrong'));
  expect(await Promise.all(guesses)).toEqual(guesses.map(() => 'sign_in_failed'));
  expect(await attempt('guessed@example.com')).toBe('sign_in_throttled');
});

test('whose session can’t begin holds up nobody: the others begin theirs', async () => {
  // No text that PostgreSQL can write down.
  const poisoned = { device: { ...device, address: '192.0.2.9\0' } };
  const outcomes = await Promise.all([
    attempt(people[2] ?? '', PASSWORD, poisoned),
    attempt(people[3] ?? ''),
    attempt(people[4] ?? ''),
  ]);
  expect(outcomes[0]).toBe('invalid_input');
  expect(outcomes.slice(1)).toEqual([expect.stringMatching(/^usr_/), expect.stringMatching(/^usr_/)]);
});

test('one browser, twice at the same moment: two sessions, and the one it had ends once', async () => {
  const before = await signIn({ tenantId, email: people[0] ?? '', password: PASSWORD, device });
  if (before.kind !== 'done') throw new TypeError('expected a session');
  const again = { replacedToken: before.token, deviceToken: before.deviceToken };
  const [one, other] = await Promise.all([
    attempt(people[0] ?? '', PASSWORD, again),
    attempt(people[0] ?? '', PASSWORD, again),
  ]);
  expect(one).toBe(other);
  expect(await resolveSession(room.deps, { tenantId, token: before.token })).toBeUndefined();
  const { items } = await listEvents(room.deps, { tenantId, type: 'session.ended', limit: 10 });
  expect(items).toHaveLength(1);
});
