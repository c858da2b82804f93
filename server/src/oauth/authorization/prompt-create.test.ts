import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ISSUER, openWorld, SPA_REQUEST, TENANT, type World } from '../oauth-world.fixture.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world?.close());
beforeEach(() => {
  world.registration.open = true;
  world.signedIn.session = undefined;
  world.clock.advance(5000);
});

const CREATE = { ...SPA_REQUEST, prompt: 'create' };
const errorOf = (outcome: Awaited<ReturnType<World['authorize']>>) =>
  outcome.kind === 'redirect' ? new URL(outcome.location).searchParams.get('error') : outcome.kind;
const begin = async () => {
  const outcome = await world.authorize(CREATE);
  if (outcome.kind !== 'sign_in') throw new TypeError(outcome.kind);
  return { outcome, back: Object.fromEntries(new URL(outcome.returnTo, ISSUER).searchParams) };
};

test('leads to the registration, also who is signed in; and whoever comes back is let on', async () => {
  world.signIn();
  world.clock.advance(5000);
  const { outcome, back } = await begin();
  expect(outcome.register).toBe(true);
  world.signIn({ sessionId: 'ses_new' });
  expect((await world.authorize(back)).kind).toBe('redirect');
});

test('who comes back without having signed in is sent there, and not to register once more', async () => {
  const { back } = await begin();
  expect(await world.authorize(back)).toMatchObject({ kind: 'sign_in', register: false });
});

test.each([
  ['create none', true, 'invalid_request'],
  ['create', false, 'invalid_request'],
])('prompt=%s where registration is open: %s', async (prompt, open, error) => {
  world.registration.open = open;
  expect(errorOf(await world.authorize({ ...CREATE, prompt }))).toBe(error);
});

test.each([true, false])('the metadata says so: %s', (open) => {
  world.registration.open = open;
  const { prompt_values_supported } = world.oauth.discovery(TENANT).body as { prompt_values_supported: string[] };
  expect(prompt_values_supported.includes('create')).toBe(open);
});
